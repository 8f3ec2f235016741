package training.fusion.trainer.source;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.xml.stream.XMLStreamException;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.S3Object;
import training.fusion.api.Source;
import training.fusion.trainer.InWords;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.bucket.BucketConnection;

/** A bucket with a prefix, on AWS or another server that speaks S3. */
final class S3Bucket implements AutoCloseable {
  private static final int PRECONDITION_FAILED = 412;
  private static final int MOST_OBJECTS = 20_000_000;

  private final BucketConnection connection;
  private final S3Client client;
  private final Source.S3 source;
  private final String bucket;
  private final String prefix;
  private final String field;

  /**
   * @param environment holds the key, if the source names a secret
   * @param keyPrefix begins the names of its variables
   * @param field path of the source in the spec, for messages
   */
  S3Bucket(Source.S3 source, Map<String, String> environment, String keyPrefix, String field) {
    this.source = source;
    this.field = field;
    this.connection = BucketConnection.of(source, environment, keyPrefix, field);
    this.client = connection.client();
    this.bucket = connection.bucket();
    this.prefix = connection.prefix();
  }

  /** Where it is. */
  String address() {
    return source.uri() + (source.endpoint() == null ? "" : " at " + server());
  }

  /**
   * An object and its place below the prefix.
   *
   * @param path relative, parts divided by '/'
   */
  record Item(String key, String path, long size, String tag) {}

  /**
   * All objects below the prefix, or the one that it names, in the order of their keys.
   *
   * @throws IOException if another attempt may succeed
   * @throws TrainingFailure if none will, or there is nothing
   */
  List<Item> list() throws IOException {
    String below = prefix.isEmpty() || prefix.endsWith("/") ? prefix : prefix + "/";
    List<Item> items = new ArrayList<>();
    try {
      for (S3Object object : objects()) {
        String key = object.key();
        if (key.endsWith("/")) {
          continue; // stands for a folder
        }
        if (key.equals(prefix)) {
          items.add(item(object, key.substring(key.lastIndexOf('/') + 1)));
        } else if (key.startsWith(below)) {
          items.add(item(object, key.substring(below.length())));
        }
      }
    } catch (SdkException e) {
      if (isNoAnswer(e)) {
        throw badListing("cannot be read: " + InWords.of(e));
      }
      throw refused(e, source.uri());
    }
    if (items.isEmpty()) {
      throw TrainingFailure.badConfiguration(
          "%s: there is no object below %s; check %s.uri".formatted(field, address(), field));
    }
    return items;
  }

  /**
   * All pages of the listing; a server that gives one again and again would never come to an end.
   */
  private List<S3Object> objects() {
    List<S3Object> objects = new ArrayList<>();
    Set<String> tokens = new HashSet<>();
    for (ListObjectsV2Response page :
        client.listObjectsV2Paginator(r -> r.bucket(bucket).prefix(prefix))) {
      for (S3Object object : page.contents()) {
        checkFields(object);
        objects.add(object);
      }
      String token = page.nextContinuationToken();
      boolean goesOn = Boolean.TRUE.equals(page.isTruncated());
      boolean somewhere = token != null && tokens.add(token);
      if ((goesOn && !somewhere) || objects.size() > MOST_OBJECTS) {
        throw badListing("has no end: it goes on and does not say where");
      }
    }
    return objects;
  }

  private void checkFields(S3Object object) {
    String key = object.key();
    if (key == null || object.size() == null || object.size() < 0 || object.eTag() == null) {
      throw badListing(
          "lacks what it has to say of %s: key, size and ETag are needed"
              .formatted(key == null ? "an object" : EntryName.printed(key)));
    }
  }

  /** An answer came, and it is not of S3's language: asking again brings the same. */
  private static boolean isNoAnswer(SdkException e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof NumberFormatException || cause instanceof XMLStreamException) {
        return true;
      }
    }
    return false;
  }

  private TrainingFailure badListing(String why) {
    return TrainingFailure.badData(
        "the listing of %s by %s %s".formatted(source.uri(), server(), why));
  }

  private Item item(S3Object object, String path) {
    for (String part : path.split("/", -1)) {
      if (part.isEmpty() || part.equals(".") || part.equals("..")) {
        throw refused(object.key(), "has a name that no file below a folder can have");
      }
    }
    return new Item(object.key(), path, object.size(), object.eTag());
  }

  /** An object that is not fetched. */
  TrainingFailure refused(String key, String why) {
    return TrainingFailure.badData(
        "the object %s of %s %s; rename it".formatted(EntryName.printed(key), address(), why));
  }

  /** An object as a file that may be asked for its rest. */
  RemoteFile file(Item item) {
    return new RemoteFile() {
      @Override
      public String address() {
        return "s3://" + bucket + "/" + item.key();
      }

      @Override
      public Answer open(long from, @Nullable String version) throws IOException {
        if (from > 0 && from == item.size()) {
          return new Answer(from, from, item.tag(), java.io.InputStream.nullInputStream());
        }
        // asked for as it was listed: a file never consists of parts of two objects
        var request = GetObjectRequest.builder().bucket(bucket).key(item.key()).ifMatch(item.tag());
        if (from > 0) {
          request.range("bytes=" + from + "-");
        }
        try {
          ResponseInputStream<GetObjectResponse> body = client.getObject(request.build());
          boolean rest = body.response().contentRange() != null;
          return new Answer(rest ? from : 0, item.size(), item.tag(), body);
        } catch (SdkException e) {
          throw refused(e, address());
        }
      }
    };
  }

  /**
   * Whether an object's ETag is its content's MD5, as long as it looks like one: it is not where a
   * key of the user's encrypts it.
   */
  boolean isTagADigest(Item item) throws IOException {
    try {
      var head = client.headObject(r -> r.bucket(bucket).key(item.key()));
      String encryption = head.serverSideEncryptionAsString();
      return (encryption == null || encryption.equals("AES256"))
          && head.sseCustomerAlgorithm() == null;
    } catch (SdkException e) {
      throw refused(e, source.uri());
    }
  }

  private IOException refused(SdkException e, String what) {
    if (e instanceof AwsServiceException answer && !answer.isThrottlingException()) {
      int status = answer.statusCode();
      String code = answer.awsErrorDetails() == null ? "" : answer.awsErrorDetails().errorCode();
      if (status == PRECONDITION_FAILED) {
        return new IOException("the object was changed while it was fetched");
      }
      if (status >= 400 && status < 500 && status != 408) {
        String help =
            switch (status) {
              case 401, 403 ->
                  "reading it is not allowed; check the key in the secret that "
                      + field
                      + ".secretName names, and the bucket's policy";
              case 404 -> "there is no such bucket or object; check " + field + ".uri";
              default -> "check " + field;
            };
        throw TrainingFailure.badConfiguration(
            "%s: the server %s answered with status %d %s: %s"
                .formatted(what, server(), status, code, help));
      }
      return new IOException("the server %s answered with status %d".formatted(server(), status));
    }
    return new IOException("%s: %s".formatted(server(), InWords.of(e)), e);
  }

  private String server() {
    return connection.server();
  }

  @Override
  public void close() {
    connection.close();
  }
}
