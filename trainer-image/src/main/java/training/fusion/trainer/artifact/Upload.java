package training.fusion.trainer.artifact;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ListPartsResponse;
import software.amazon.awssdk.services.s3.model.Part;
import software.amazon.awssdk.services.s3.model.S3Exception;
import training.fusion.trainer.Sha256;
import training.fusion.trainer.bucket.BucketConnection;
import training.fusion.trainer.safetensors.FileDigest;

/** Single objects below a prefix. Each body goes with its MD5, which the server compares. */
final class Upload {
  /** Larger files go in parts of this size; S3 takes 10,000 of them, of 5 MiB at least. */
  static final int PART = 16 << 20;

  private static final int FORBIDDEN = 403;
  private static final int NOT_FOUND = 404;

  /** What servers say to the end of an upload that they have not, or not with these parts. */
  private static final Set<String> GONE = Set.of("NoSuchUpload", "InvalidPart");

  /** The metadata that says what an object holds. */
  private static final String SHA256 = "sha256";

  /** What an ETag is where it is the content's MD5: it is not where a key encrypts it. */
  private static final Pattern MD5_TAG = Pattern.compile("[0-9a-f]{32}");

  private final S3Client client;
  private final String bucket;
  private final String prefix;
  private final UnfinishedUploads unfinished;

  Upload(BucketConnection connection, String prefix, UnfinishedUploads unfinished) {
    this.client = connection.client();
    this.bucket = connection.bucket();
    this.prefix = prefix;
    this.unfinished = unfinished;
  }

  /** Begins an upload and takes it back: that takes the right to write, and leaves nothing. */
  void tryOut() {
    String key = prefix + PackedRun.SUMS;
    String id = client.createMultipartUpload(r -> r.bucket(bucket).key(key)).uploadId();
    try {
      client.abortMultipartUpload(r -> r.bucket(bucket).key(key).uploadId(id));
    } catch (S3Exception e) {
      // who may write may write; an upload without parts takes no room
    }
  }

  /**
   * What became of a file.
   *
   * @param digest of what the server has
   * @param now whether it had to be sent
   */
  record Sent(FileDigest digest, boolean now) {}

  /** Sends a file, as it is when it is opened, unless it is there. */
  Sent file(Path file, String name, SendListener listener) throws IOException {
    listener.moved("sending " + name);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      byte[] whole = channel.size() <= PART ? piece(channel, 0, (int) channel.size()) : null;
      FileDigest digest = whole == null ? FileDigest.of(channel) : FileDigest.of(whole);
      if (isThere(name, digest, false)) {
        abandon(name);
        return new Sent(digest, false);
      }
      boolean taken = true;
      if (whole == null) {
        taken = inParts(channel, name, digest, listener);
      } else {
        abandon(name);
        put(name, whole, digest.sha256());
      }
      if (!isThere(name, digest, taken)) {
        throw new IOException("what the server has now is not what was sent");
      }
      return new Sent(digest, true);
    }
  }

  /** Sends a text, over what is there. */
  void text(String name, byte[] content, MessageDigest sha256) {
    sha256.update(content);
    put(name, content, Sha256.hex(sha256));
  }

  /**
   * Whether the server has it.
   *
   * @param unseen the answer where the key may not look; without {@code s3:ListBucket} it may not
   *     know either that there is nothing
   */
  private boolean isThere(String name, FileDigest digest, boolean unseen) {
    try {
      HeadObjectResponse head = client.headObject(r -> r.bucket(bucket).key(prefix + name));
      return head.contentLength() == digest.bytes()
          && digest.sha256().equals(head.metadata().get(SHA256));
    } catch (S3Exception e) {
      return switch (e.statusCode()) {
        case NOT_FOUND -> false;
        case FORBIDDEN -> unseen;
        default -> throw e;
      };
    }
  }

  private void put(String name, byte[] content, String sha256) {
    client.putObject(
        r ->
            r.bucket(bucket)
                .key(prefix + name)
                .contentType(type(name))
                .contentMD5(base64(md5(content)))
                .metadata(Map.of(SHA256, sha256)),
        RequestBody.fromBytes(content));
  }

  /**
   * Sends a large file.
   *
   * @return whether the server has said that it has all of it
   */
  private boolean inParts(FileChannel file, String name, FileDigest digest, SendListener listener)
      throws IOException {
    String key = prefix + name;
    Optional<String> begun = unfinished.find(address(key), digest.sha256());
    Map<Integer, Part> there = begun.map(id -> parts(key, id)).orElseGet(Map::of);
    // one that the server has forgotten, or that has no part yet, is begun anew
    String id = there.isEmpty() ? begin(key, name, digest) : begun.orElseThrow();
    List<CompletedPart> parts = new ArrayList<>();
    long from = 0;
    for (int number = 1; from < digest.bytes(); number++) {
      int length = (int) Math.min(PART, digest.bytes() - from);
      byte[] content = piece(file, from, length);
      byte[] md5 = md5(content);
      String kept = tag(there.get(number), length, md5);
      listener.moved(
          "%s %s, part %d".formatted(kept == null ? "sending" : "keeping", name, number));
      String tag = kept == null ? part(key, id, number, content, md5) : kept;
      parts.add(CompletedPart.builder().partNumber(number).eTag(tag).build());
      from += length;
    }
    listener.moved("sending " + name + ", its end");
    if (!complete(key, id, parts)) {
      abandon(name);
      return false;
    }
    unfinished.finished(address(key));
    return true;
  }

  /** False: it is gone, as when an earlier such request was taken and its answer was lost. */
  private boolean complete(String key, String id, List<CompletedPart> parts) {
    try {
      client.completeMultipartUpload(
          r -> r.bucket(bucket).key(key).uploadId(id).multipartUpload(m -> m.parts(parts)));
      return true;
    } catch (S3Exception e) {
      if (e.awsErrorDetails() == null || !GONE.contains(e.awsErrorDetails().errorCode())) {
        throw e;
      }
      return false;
    }
  }

  private String address(String key) {
    return bucket + "/" + key;
  }

  /** Parts that nobody goes on with would take room until a rule of the bucket removes them. */
  private void abandon(String name) {
    String key = prefix + name;
    Optional<String> begun = unfinished.find(address(key));
    if (begun.isPresent()) {
      try {
        client.abortMultipartUpload(r -> r.bucket(bucket).key(key).uploadId(begun.get()));
      } catch (SdkException e) {
        // it is gone already, or stays
      }
      unfinished.finished(address(key));
    }
  }

  private String begin(String key, String name, FileDigest digest) {
    abandon(name);
    String id =
        client
            .createMultipartUpload(
                r ->
                    r.bucket(bucket)
                        .key(key)
                        .contentType(type(name))
                        .metadata(Map.of(SHA256, digest.sha256())))
            .uploadId();
    unfinished.begun(address(key), id, digest.sha256());
    return id;
  }

  private Map<Integer, Part> parts(String key, String id) {
    Map<Integer, Part> parts = new HashMap<>();
    try {
      for (ListPartsResponse page :
          client.listPartsPaginator(r -> r.bucket(bucket).key(key).uploadId(id))) {
        page.parts().forEach(part -> parts.put(part.partNumber(), part));
      }
    } catch (S3Exception e) {
      parts.clear(); // it is gone, or may not be listed
    }
    return parts;
  }

  /** The tag of a part that the server has; null: it has none, or another. */
  private static @Nullable String tag(@Nullable Part part, int length, byte[] md5) {
    if (part == null || part.size() != length || !isOf(part.eTag(), md5)) {
      return null;
    }
    return part.eTag();
  }

  private String part(String key, String id, int number, byte[] content, byte[] md5)
      throws IOException {
    String tag =
        client
            .uploadPart(
                r ->
                    r.bucket(bucket)
                        .key(key)
                        .uploadId(id)
                        .partNumber(number)
                        .contentMD5(base64(md5)),
                RequestBody.fromBytes(content))
            .eTag();
    if (MD5_TAG.matcher(plain(tag)).matches() && !isOf(tag, md5)) {
      throw new IOException("part %d arrived as something else".formatted(number));
    }
    return tag;
  }

  private static boolean isOf(String tag, byte[] md5) {
    return plain(tag).equals(HexFormat.of().formatHex(md5));
  }

  private static String plain(String tag) {
    return tag.replace("\"", "");
  }

  private static byte[] piece(FileChannel file, long from, int length) throws IOException {
    ByteBuffer content = ByteBuffer.allocate(length);
    while (content.hasRemaining()) {
      if (file.read(content, from + content.position()) < 0) {
        throw new EOFException("it became shorter while it was sent");
      }
    }
    return content.array();
  }

  @SuppressWarnings("MD5") // S3's own
  private static byte[] md5(byte[] content) {
    try {
      return MessageDigest.getInstance("MD5").digest(content);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has MD5", e);
    }
  }

  private static String base64(byte[] digest) {
    return Base64.getEncoder().encodeToString(digest);
  }

  /** So that a report opens in a browser. */
  private static String type(String name) {
    if (name.endsWith(".html")) {
      return "text/html; charset=utf-8";
    }
    return name.endsWith(".json") ? "application/json" : "application/octet-stream";
  }
}
