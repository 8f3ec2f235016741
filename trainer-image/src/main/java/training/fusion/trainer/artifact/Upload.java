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
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
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

  private static final int NOT_FOUND = 404;

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
   * Sends a file, unless it is there.
   *
   * @return whether it had to be sent
   */
  boolean file(Path file, String name, FileDigest digest, SendListener listener)
      throws IOException {
    listener.moved("sending " + name);
    if (isThere(name, digest)) {
      return false;
    }
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      if (digest.bytes() <= PART) {
        put(name, piece(channel, 0, (int) digest.bytes()), digest.sha256());
      } else {
        inParts(channel, name, digest, listener);
      }
    }
    if (!isThere(name, digest)) {
      throw new IOException("what the server has now is not what was sent");
    }
    return true;
  }

  /** Sends a text, over what is there. */
  void text(String name, byte[] content, MessageDigest sha256) {
    sha256.update(content);
    put(name, content, Sha256.hex(sha256));
  }

  private boolean isThere(String name, FileDigest digest) {
    try {
      HeadObjectResponse head = client.headObject(r -> r.bucket(bucket).key(prefix + name));
      return head.contentLength() == digest.bytes()
          && digest.sha256().equals(head.metadata().get(SHA256));
    } catch (S3Exception e) {
      if (e.statusCode() == NOT_FOUND) {
        return false;
      }
      throw e;
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

  private void inParts(FileChannel file, String name, FileDigest digest, SendListener listener)
      throws IOException {
    String key = prefix + name;
    String address = bucket + "/" + key;
    Optional<String> begun = unfinished.find(address, digest.sha256());
    Map<Integer, Part> there = begun.map(id -> parts(key, id)).orElseGet(Map::of);
    // one that the server has forgotten, or that has no part yet, is begun anew
    String id = there.isEmpty() ? begin(key, name, address, digest) : begun.orElseThrow();
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
    client.completeMultipartUpload(
        r -> r.bucket(bucket).key(key).uploadId(id).multipartUpload(m -> m.parts(parts)));
    unfinished.finished(address);
  }

  private String begin(String key, String name, String address, FileDigest digest) {
    String id =
        client
            .createMultipartUpload(
                r ->
                    r.bucket(bucket)
                        .key(key)
                        .contentType(type(name))
                        .metadata(Map.of(SHA256, digest.sha256())))
            .uploadId();
    unfinished.begun(address, id, digest.sha256());
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
