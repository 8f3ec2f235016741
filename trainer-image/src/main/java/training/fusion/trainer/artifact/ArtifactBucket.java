package training.fusion.trainer.artifact;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;
import training.fusion.api.Source;
import training.fusion.api.run.ExitCode;
import training.fusion.api.run.RunConfiguration;
import training.fusion.api.run.RunEnvironment;
import training.fusion.trainer.InWords;
import training.fusion.trainer.Sha256;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.bucket.BucketConnection;

/**
 * The prefix of a bucket that a run's results go to. An object that has the file's sha256 among its
 * metadata is not sent again; {@value PackedRun#SUMS} comes last, so who sees it sees all.
 */
public final class ArtifactBucket implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ArtifactBucket.class);
  private static final String FIELD = "spec.artifacts.s3";
  private static final int UNAUTHORIZED = 401;
  private static final int FORBIDDEN = 403;
  private static final int NOT_FOUND = 404;

  private final BucketConnection connection;
  private final String address;
  private final Upload upload;

  /**
   * Nothing is asked of the server yet.
   *
   * @param run its name and key make the prefix
   * @param folder the run's
   * @param environment holds the key, if the field names a secret
   */
  public ArtifactBucket(
      RunConfiguration run, Source.S3 s3, Path folder, Map<String, String> environment) {
    connection = BucketConnection.ofWriter(s3, environment, RunEnvironment.ARTIFACTS_S3, FIELD);
    String above = connection.prefix().replaceAll("/+$", "");
    String prefix =
        (above.isEmpty() ? "" : above + "/") + run.shortName() + "/" + run.runKey() + "/";
    address = "s3://" + connection.bucket() + "/" + prefix;
    upload = new Upload(connection, prefix, new UnfinishedUploads(folder));
  }

  /** Where the results lie. */
  public String address() {
    return address;
  }

  /**
   * Finds out, before anything is trained, whether the bucket would refuse them. A server that does
   * not answer now may do so later.
   *
   * @throws TrainingFailure if it would
   */
  public void check() {
    try {
      upload.tryOut();
    } catch (SdkException e) {
      TrainingFailure failure = failure("results", e);
      if (failure.exitCode() == ExitCode.BAD_CONFIGURATION) {
        throw failure;
      }
      LOG.warn("{} (training goes on)", failure.getMessage());
    }
  }

  /**
   * Sends files, those that are not there yet.
   *
   * @param complete whether that is all, which {@value PackedRun#SUMS} then says
   * @param longest how long all of it may take
   * @throws TrainingFailure if it can't be done, or the listener throws it
   */
  public void send(List<Path> files, boolean complete, Duration longest, SendListener listener) {
    long end = System.nanoTime() + longest.toNanos();
    SendListener bounded =
        activity -> {
          if (System.nanoTime() - end > 0) {
            throw notSent("results were not sent within " + longest.toMinutes() + " minutes", null);
          }
          listener.moved(activity);
        };
    var sums = new StringBuilder();
    int sent = 0;
    for (Path file : files) {
      String name = String.valueOf(file.getFileName());
      try {
        Upload.Sent object = upload.file(file, name, bounded);
        sent += object.now() ? 1 : 0;
        sums.append(object.digest().sha256()).append("  ").append(name).append('\n');
      } catch (SdkException e) {
        throw failure(name, e);
      } catch (IOException e) {
        throw notSent(name + " can't be sent: " + InWords.of(e), e);
      }
    }
    if (complete) {
      bounded.moved("sending " + PackedRun.SUMS);
      try {
        upload.text(PackedRun.SUMS, sums.toString().getBytes(UTF_8), Sha256.begin());
      } catch (SdkException e) {
        throw failure(PackedRun.SUMS, e);
      }
      LOG.info("results are in {} ({} files, {} of them sent now)", address, files.size(), sent);
    }
  }

  private TrainingFailure failure(String name, SdkException e) {
    if (e instanceof AwsServiceException answer && isRefusal(answer)) {
      String help =
          switch (answer.statusCode()) {
            case FORBIDDEN ->
                "writing there is not allowed; check the key in the secret that "
                    + FIELD
                    + ".secretName names, and the bucket's policy";
            case NOT_FOUND -> "there is no such bucket; check " + FIELD + ".uri";
            default -> "check " + FIELD;
          };
      return new TrainingFailure(
          ExitCode.BAD_CONFIGURATION,
          "ArtifactsRefused",
          "%s can't be sent to %s: the server %s answered with status %d %s: %s"
              .formatted(
                  name, address, connection.server(), answer.statusCode(), code(answer), help),
          null);
    }
    return notSent(
        "%s can't be sent to %s: the server %s: %s"
            .formatted(name, address, connection.server(), InWords.of(e)),
        e);
  }

  /** Whether somebody has to change something; another answer may be another one next time. */
  private static boolean isRefusal(AwsServiceException answer) {
    return switch (answer.statusCode()) {
      case UNAUTHORIZED, FORBIDDEN -> !answer.isThrottlingException();
      case NOT_FOUND -> "NoSuchBucket".equals(code(answer));
      default -> false;
    };
  }

  private static String code(AwsServiceException answer) {
    return answer.awsErrorDetails() == null ? "" : answer.awsErrorDetails().errorCode();
  }

  private static TrainingFailure notSent(String message, @Nullable Exception e) {
    return new TrainingFailure(
        ExitCode.TEMPORARY_IO,
        "ArtifactsNotSent",
        message + "; they are in the run's folder, and another attempt sends what is missing",
        e);
  }

  @Override
  public void close() {
    connection.close();
  }
}
