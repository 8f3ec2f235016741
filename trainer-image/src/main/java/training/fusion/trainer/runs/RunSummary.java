package training.fusion.trainer.runs;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import training.fusion.api.OptimizationSummary;
import training.fusion.api.run.Metrics;
import training.fusion.api.run.RunConfiguration;
import training.fusion.api.run.RunResult;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.checkpoint.RunLock;
import training.fusion.trainer.report.Attempts;
import training.fusion.trainer.report.ConfigurationFile;
import training.fusion.trainer.report.History;
import training.fusion.trainer.report.ResultFile;
import training.fusion.trainer.report.RunDescription;
import training.fusion.trainer.report.page.RunRecord;

/**
 * A run in a line.
 *
 * @param name of its training; that of its folder, if it failed before it noted its configuration
 * @param state Training, Succeeded, Paused, Stopped, Failed; Interrupted: it ended without a word
 * @param epochs trained
 * @param ofEpochs asked for; absent: not known
 * @param figures the model's on test; before there is a model, the newest evaluation's
 * @param began when its first attempt did
 * @param message what went wrong; absent if nothing
 */
public record RunSummary(
    String name,
    @Nullable String runKey,
    State state,
    @Nullable String architecture,
    @Nullable String optimization,
    int epochs,
    @Nullable Integer ofEpochs,
    @Nullable Figures figures,
    @Nullable Instant began,
    @Nullable String message,
    Path folder) {
  private static final Logger LOG = LoggerFactory.getLogger(RunSummary.class);

  /** How a run stands. */
  public enum State {
    Training,
    Succeeded,
    Paused,
    Stopped,
    Failed,
    Interrupted
  }

  /**
   * What weights do.
   *
   * @param part of the data set: test, or validation
   */
  public record Figures(String part, double accuracy, double loss, double f1) {
    static Figures of(Metrics metrics) {
      return new Figures(
          metrics.split() == Metrics.Split.TEST ? "test" : "validation",
          metrics.accuracy(),
          metrics.loss(),
          metrics.f1());
    }

    private static @Nullable Figures newest(RunRecord run) {
      History history = run.history();
      int last = history.epochs() - 1;
      String part = run.evaluated() + "_";
      return last < 0
          ? null
          : new Figures(
              run.evaluated(),
              history.values(part + "accuracy")[last],
              history.values(part + "loss")[last],
              history.values(part + "f1")[last]);
    }
  }

  /** Whether a run has left something in a folder. */
  static boolean isRun(Path folder) {
    return Files.exists(folder.resolve(ConfigurationFile.FILE))
        || Files.exists(folder.resolve(ResultFile.FILE));
  }

  /** Of a run's folder; empty if what lies there is no run's, which is told. */
  public static Optional<RunSummary> of(Path folder) {
    try {
      boolean begun = Files.exists(folder.resolve(RunDescription.FILE));
      return Optional.of(begun ? begun(folder) : notBegun(folder));
    } catch (TrainingFailure e) {
      LOG.warn("{}", e.getMessage());
      return Optional.empty();
    }
  }

  private static RunSummary begun(Path folder) {
    RunRecord run = RunRecord.read(folder, RunLock.isAbandoned(folder));
    RunConfiguration configuration = run.configuration();
    RunResult result = run.result();
    Metrics test = result == null ? null : result.test();
    return new RunSummary(
        configuration.shortName(),
        configuration.runKey(),
        state(folder, result),
        configuration.model().label(),
        run.description().optimization(),
        run.history().epochs(),
        run.epochs(),
        test == null ? Figures.newest(run) : Figures.of(test),
        run.attempts() == null ? null : run.attempts().first(),
        message(result),
        folder);
  }

  /** Of one that could not begin. */
  private static RunSummary notBegun(Path folder) {
    RunResult result = ResultFile.read(folder).orElse(null);
    RunConfiguration configuration =
        Files.exists(folder.resolve(ConfigurationFile.FILE))
            ? ConfigurationFile.read(folder)
            : null;
    return new RunSummary(
        configuration == null ? folder.getFileName().toString() : configuration.shortName(),
        result != null ? result.runKey() : configuration == null ? null : configuration.runKey(),
        state(folder, result),
        configuration == null ? null : configuration.model().label(),
        configuration == null
            ? null
            : OptimizationSummary.words(
                configuration.optimization(), configuration.model().architecture()),
        0,
        configuration == null ? null : configuration.training().epochs(),
        null,
        Attempts.read(folder).map(Attempts::first).orElse(null),
        message(result),
        folder);
  }

  private static State state(Path folder, @Nullable RunResult result) {
    if (RunLock.isHeld(folder)) {
      return State.Training;
    }
    if (result == null) {
      return State.Interrupted;
    }
    if (result.failure() == null) {
      return State.Succeeded;
    }
    if (result.hasPaused()) {
      return State.Paused;
    }
    return result.hasStopped() ? State.Stopped : State.Failed;
  }

  private static @Nullable String message(@Nullable RunResult result) {
    return result == null || result.failure() == null ? null : result.failure().message();
  }
}
