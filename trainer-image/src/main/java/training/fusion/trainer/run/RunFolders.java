package training.fusion.trainer.run;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import training.fusion.api.run.RunConfiguration;
import training.fusion.api.run.RunEnvironment;
import training.fusion.console.NewestRun;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.report.ProgressPoster;

/**
 * Where a run finds its data and leaves what it makes.
 *
 * @param data folder with the data set's files; null: they are fetched
 * @param weights file of pretrained weights, or a folder with exactly one; null: none, or fetched
 * @param run folder for checkpoints, history, model and result
 * @param cache folder for what is fetched
 * @param resumeFrom folder of another run to go on from; null: none
 * @param messageFile takes the termination message; null: nobody reads it
 * @param progress takes progress reports; null: nobody reads them
 * @param progressAuthority PEM certificates that sign for that address; null: those of Java
 * @param tokenFile bearer token for them
 * @param podUid who holds the run's folder
 */
public record RunFolders(
    @Nullable Path data,
    @Nullable Path weights,
    Path run,
    Path cache,
    @Nullable Path resumeFrom,
    @Nullable Path messageFile,
    @Nullable URI progress,
    @Nullable String progressAuthority,
    @Nullable Path tokenFile,
    String podUid) {

  /** The place of a pod, from {@link RunEnvironment}'s variables. */
  public static RunFolders ofPod(Map<String, String> environment) {
    Path checkpoints = path(environment, RunEnvironment.CHECKPOINTS);
    Path run =
        checkpoints != null ? checkpoints : Path.of(required(environment, RunEnvironment.SCRATCH));
    return new RunFolders(
        path(environment, RunEnvironment.DATA),
        path(environment, RunEnvironment.WEIGHTS),
        run,
        cache(environment, run),
        path(environment, RunEnvironment.RESUME_FROM),
        path(environment, RunEnvironment.RESULT_FILE),
        progress(environment),
        environment.get(RunEnvironment.PROGRESS_AUTHORITY),
        path(environment, RunEnvironment.TOKEN_FILE),
        environment.getOrDefault(RunEnvironment.POD_UID, processUid()));
  }

  /**
   * A place of the command line: nobody to report to.
   *
   * @param data null: the data set is fetched
   * @param run names the run it goes on from, if any: a folder beside the output
   */
  public static RunFolders ofFolders(
      @Nullable Path data, @Nullable Path weights, Path output, RunConfiguration run) {
    String resumeFrom = run.checkpoint() == null ? null : run.checkpoint().resumeFrom();
    return new RunFolders(
        data,
        weights,
        output,
        cache(System.getenv(), output),
        resumeFrom == null ? null : beside(output.toAbsolutePath(), resumeFrom),
        null,
        null,
        null,
        null,
        processUid());
  }

  /** A run beside this one; where runs lie in a folder of their own, the newest of a name, too. */
  private static Path beside(Path output, String other) {
    Path beside = output.resolveSibling(other);
    Path runs = output.getParent();
    if (runs == null || !runs.endsWith(NewestRun.RUNS) || Files.isDirectory(beside)) {
      return beside;
    }
    Path named = runs.resolveSibling(other);
    return Files.isDirectory(named) ? named : beside;
  }

  private static Path cache(Map<String, String> environment, Path run) {
    Path cache = path(environment, RunEnvironment.CACHE);
    return cache != null ? cache : run.resolve(".cache");
  }

  /** Posts progress from now on; null if nobody reads it. To be closed. */
  @Nullable ProgressPoster poster() {
    return progress == null
        ? null
        : new ProgressPoster(progress, progressAuthority, tokenFile, ProgressPoster.INTERVAL);
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
          RunEnvironment.PROGRESS_URL
              + " is no address of the form http://host:port/path; the operator sets it from"
              + " fusion.progress.address");
    }
  }

  private static String processUid() {
    return "process-" + UUID.randomUUID();
  }
}
