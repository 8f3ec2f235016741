package training.fusion.trainer.report.page;

import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import training.fusion.api.run.RunConfiguration;
import training.fusion.api.run.RunResult;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.report.Attempts;
import training.fusion.trainer.report.ConfigurationFile;
import training.fusion.trainer.report.History;
import training.fusion.trainer.report.MetricsFile;
import training.fusion.trainer.report.ResultFile;
import training.fusion.trainer.report.RunDescription;

/**
 * All that a run's folder says about the run, so that its page can be made at any time.
 *
 * @param steps the same of its steps; without rows in folders of older trainers
 * @param metrics absent before the run is trained to its end
 * @param result how the newest attempt ended; absent while one is under way
 * @param abandoned whether none is under way, though no attempt has told its end
 */
public record RunRecord(
    RunConfiguration configuration,
    RunDescription description,
    History history,
    History steps,
    @Nullable Attempts attempts,
    @Nullable MetricsFile metrics,
    @Nullable RunResult result,
    boolean abandoned) {

  /**
   * Reads the folder.
   *
   * @throws TrainingFailure naming the file that is missing, or is not what the trainer wrote
   */
  public static RunRecord read(Path runFolder, boolean abandoned) {
    return read(runFolder, abandoned, false);
  }

  /** As {@link #read(Path, boolean)}, of a run that is under way: it has no result yet. */
  static RunRecord readRunning(Path runFolder) {
    return read(runFolder, false, true);
  }

  private static RunRecord read(Path runFolder, boolean abandoned, boolean underWay) {
    RunConfiguration configuration = ConfigurationFile.read(runFolder);
    RunDescription description =
        RunDescription.read(runFolder)
            .orElseThrow(
                () ->
                    TrainingFailure.badConfiguration(
                        "%s has no %s yet: its training has not begun"
                            .formatted(runFolder, RunDescription.FILE)));
    History history = History.read(runFolder);
    History steps = History.readSteps(runFolder);
    RunResult result =
        ResultFile.read(runFolder)
            .filter(r -> !underWay && isCurrent(r, configuration, history, steps))
            .orElse(null);
    boolean finished = result != null && result.failure() == null;
    Optional<MetricsFile> metrics = finished ? MetricsFile.read(runFolder) : Optional.empty();
    return new RunRecord(
        configuration,
        description,
        history,
        steps,
        Attempts.read(runFolder).orElse(null),
        metrics.orElse(null),
        result,
        abandoned && result == null);
  }

  /** An attempt's result is outdated as soon as a later attempt has got further. */
  private static boolean isCurrent(
      RunResult result, RunConfiguration run, History history, History steps) {
    return run.runKey().equals(result.runKey())
        && !(history.newest("step") > result.step())
        && !(steps.newest("step") > result.step());
  }

  /** Steps that are done, by whichever file knows of the most. */
  long step() {
    double step = Math.max(orZero(history.newest("step")), orZero(steps.newest("step")));
    return (long) step;
  }

  private static double orZero(double value) {
    return Double.isNaN(value) ? 0 : value;
  }

  /** Whether the training goes on. */
  boolean running() {
    return result == null && !abandoned;
  }

  /** The part that each epoch is evaluated on: {@code validation} or {@code test}. */
  public String evaluated() {
    return history.has("test_loss") ? "test" : "validation";
  }

  /** Epochs asked for. */
  public int epochs() {
    Integer epochs = configuration.training().epochs();
    return epochs == null ? history.epochs() : epochs;
  }

  /** The epoch whose weights are the model, from 1; 0 if not known. */
  int chosenEpoch() {
    return result == null || result.best() == null ? 0 : result.best().epoch();
  }
}
