package training.fusion.trainer.bucket;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.client.config.ClientOverrideConfiguration;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.http.urlconnection.UrlConnectionFactory;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import training.fusion.api.Source;
import training.fusion.api.run.RunEnvironment;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.http.Address;
import training.fusion.trainer.proxy.EnvironmentProxies;

/**
 * A bucket and a prefix in it, with the key to it.
 *
 * @param prefix empty: the whole bucket
 * @param server as people call it
 */
public record BucketConnection(S3Client client, String bucket, String prefix, String server)
    implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(BucketConnection.class);
  private static final Duration CONNECT = Duration.ofSeconds(20);
  private static final Duration ANSWER = Duration.ofSeconds(60);
  private static final Duration ATTEMPT = Duration.ofMinutes(2);
  private static final int ATTEMPTS = 6;

  /**
   * Nothing is asked of the server yet.
   *
   * @param environment holds the key, if the source names a secret
   * @param keyPrefix begins the names of its variables
   * @param field path of the source in the spec, for messages
   * @throws TrainingFailure if the address of the server is none
   */
  public static BucketConnection of(
      Source.S3 source, Map<String, String> environment, String keyPrefix, String field) {
    return of(source, environment, keyPrefix, field, it -> {});
  }

  /** As {@link #of}, for who writes: no request lasts for long, and each is made several times. */
  public static BucketConnection ofWriter(
      Source.S3 source, Map<String, String> environment, String keyPrefix, String field) {
    return of(
        source,
        environment,
        keyPrefix,
        field,
        it ->
            it.apiCallAttemptTimeout(ATTEMPT).retryStrategy(retry -> retry.maxAttempts(ATTEMPTS)));
  }

  private static BucketConnection of(
      Source.S3 source,
      Map<String, String> environment,
      String keyPrefix,
      String field,
      Consumer<ClientOverrideConfiguration.Builder> more) {
    String path = source.uri().substring("s3://".length());
    int slash = path.indexOf('/');
    var builder =
        S3Client.builder()
            .httpClient(UrlConnectionHttpClient.create(connections(environment)))
            // servers other than AWS refuse the checksums that the SDK asks for by itself
            .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
            .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
            .overrideConfiguration(more)
            .credentialsProvider(credentials(environment, keyPrefix))
            .region(Region.of(source.region() == null ? "us-east-1" : source.region()));
    if (source.endpoint() == null) {
      builder.crossRegionAccessEnabled(true);
    } else {
      // servers other than AWS rarely have a name for each bucket, nor take bodies in chunks
      builder
          .endpointOverride(endpoint(source.endpoint(), field))
          .forcePathStyle(true)
          .serviceConfiguration(it -> it.chunkedEncodingEnabled(false));
    }
    return new BucketConnection(
        builder.build(),
        slash < 0 ? path : path.substring(0, slash),
        slash < 0 ? "" : path.substring(slash + 1),
        source.endpoint() == null ? "AWS" : Address.shown(source.endpoint()));
  }

  /** By the same proxies as all else; the SDK would read the variables in a way of its own. */
  private static UrlConnectionFactory connections(Map<String, String> environment) {
    var proxies = EnvironmentProxies.of(environment);
    return uri -> {
      try {
        var connection = (HttpURLConnection) uri.toURL().openConnection(proxies.select(uri).get(0));
        connection.setConnectTimeout((int) CONNECT.toMillis());
        connection.setReadTimeout((int) ANSWER.toMillis());
        connection.setUseCaches(false);
        return connection;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    };
  }

  private static URI endpoint(String text, String field) {
    try {
      return new URI(text);
    } catch (URISyntaxException e) {
      throw TrainingFailure.badConfiguration(
          field + ".endpoint is no address of the form https://host:port");
    }
  }

  private static AwsCredentialsProvider credentials(
      Map<String, String> environment, String prefix) {
    String id = environment.get(prefix + RunEnvironment.ACCESS_KEY_ID);
    String key = environment.get(prefix + RunEnvironment.SECRET_ACCESS_KEY);
    if (id != null && key != null) {
      return StaticCredentialsProvider.create(AwsBasicCredentials.create(id.strip(), key.strip()));
    }
    AwsCredentialsProvider own = DefaultCredentialsProvider.builder().build();
    try {
      own.resolveCredentials();
      return own;
    } catch (SdkClientException e) {
      LOG.info("no key to S3 is given or found: objects are asked for as anybody may");
      return AnonymousCredentialsProvider.create();
    }
  }

  @Override
  public void close() {
    client.close();
  }
}
