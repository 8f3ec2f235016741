package training.fusion.trainer.train;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import training.fusion.api.run.RunEnvironment;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.checkpoint.Durable;

/**
 * Where a run finds its data and leaves what it makes.
 *
 * @param data folder with the data set's files
 * @param weights file of pretrained weights, or a folder with exactly one; null: none
 * @param run folder for checkpoints, history, model and result
 * @param messageFile takes the termination message; null: nobody reads it
 * @param progress takes progress reports; null: nobody reads them
 * @param tokenFile bearer token for them
 * @param podUid who holds the run's folder
 */
public record Place(
    Path data,
    @Nullable Path weights,
    Path run,
    @Nullable Path messageFile,
    @Nullable URI progress,
    @Nullable Path tokenFile,
    String podUid) {

  /** The place of a pod, from {@link RunEnvironment}'s variables. */
  public static Place ofPod(Map<String, String> environment) {
    String run = environment.get(RunEnvironment.CHECKPOINTS);
    return new Place(
        Path.of(required(environment, RunEnvironment.DATA)),
        path(environment, RunEnvironment.WEIGHTS),
        Path.of(run != null ? run : required(environment, RunEnvironment.SCRATCH)),
        path(environment, RunEnvironment.RESULT_FILE),
        progress(environment),
        path(environment, RunEnvironment.TOKEN_FILE),
        environment.getOrDefault(RunEnvironment.POD_UID, processUid()));
  }

  /** A place of the command line: nobody to report to. */
  public static Place ofFolders(Path data, @Nullable Path weights, Path output) {
    return new Place(data, weights, output, null, null, null, processUid());
  }

  /** Makes the run's folder if it is not there. */
  void createRunFolder() {
    try {
      Files.createDirectories(run);
    } catch (IOException e) {
      throw Durable.failure(run, e);
    }
  }

  private static String required(Map<String, String> environment, String name) {
    String value = environment.get(name);
    if (value == null || value.isEmpty()) {
      throw TrainingFailure.badConfiguration(
          "the environment variable %s is not set; the operator sets it, and on a command line a FILE is given instead"
              .formatted(name));
    }
    return value;
  }

  private static @Nullable Path path(Map<String, String> environment, String name) {
    String value = environment.get(name);
    return value == null || value.isEmpty() ? null : Path.of(value);
  }

  private static @Nullable URI progress(Map<String, String> environment) {
    String value = environment.get(RunEnvironment.PROGRESS_URL);
    try {
      return value == null || value.isEmpty() ? null : URI.create(value);
    } catch (IllegalArgumentException e) {
      throw TrainingFailure.badConfiguration(
          "%s is no address: %s".formatted(RunEnvironment.PROGRESS_URL, e.getMessage()));
    }
  }

  private static String processUid() {
    return "process-" + UUID.randomUUID();
  }
}
