package training.fusion.trainer.run;

import java.nio.file.Path;
import java.time.Duration;
import training.fusion.api.Artifacts;
import training.fusion.api.run.ExitCode;
import training.fusion.api.run.RunConfiguration;
import training.fusion.api.run.RunResult;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.artifact.ArtifactBucket;
import training.fusion.trainer.artifact.RunArtifacts;
import training.fusion.trainer.process.StopSignal;
import training.fusion.trainer.process.Watchdog;

/** Sends a run's results to where {@code artifacts} says, if it does. */
final class ResultsSent {
  /** A trainer never stays for longer; the next attempt goes on with what is missing. */
  private static final Duration LONGEST = Duration.ofHours(1);

  private ResultsSent() {}

  /**
   * Whether they will be taken, as far as that can be known beforehand.
   *
   * @throws TrainingFailure if they won't
   */
  static void check(RunConfiguration run, Path folder) {
    Artifacts asked = run.artifacts();
    if (asked != null) {
      try (var bucket = open(run, asked, folder)) {
        bucket.check();
      }
    }
  }

  /**
   * Sends all that is not there yet.
   *
   * @throws TrainingFailure if it can't be done, or the process was asked to end
   */
  static void send(RunConfiguration run, Path folder, StopSignal stop, Watchdog watchdog) {
    Artifacts asked = run.artifacts();
    if (asked != null) {
      try (var bucket = open(run, asked, folder)) {
        bucket.send(
            RunArtifacts.all(folder),
            true,
            LONGEST,
            activity -> {
              watchdog.moved(activity);
              if (stop.isRequested()) {
                throw stopped();
              }
            });
      }
    }
  }

  private static ArtifactBucket open(RunConfiguration run, Artifacts asked, Path folder) {
    return new ArtifactBucket(run, asked.s3(), folder, System.getenv());
  }

  private static TrainingFailure stopped() {
    return new TrainingFailure(
        ExitCode.TERMINATED,
        RunResult.TERMINATED,
        "stopped from outside while results were sent; the next attempt sends what is missing",
        null);
  }
}
