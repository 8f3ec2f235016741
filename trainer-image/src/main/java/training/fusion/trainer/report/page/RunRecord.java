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
 * @param metrics absent before the run is trained to its end
 * @param result how the newest attempt ended; absent while one is under way
 * @param abandoned whether none is under way, though no attempt has told its end
 */
public record RunRecord(
    RunConfiguration configuration,
    RunDescription description,
    History history,
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
    RunConfiguration configuration = ConfigurationFile.read(runFolder);
    RunDescription description =
        RunDescription.read(runFolder)
            .orElseThrow(
                () ->
                    TrainingFailure.badConfiguration(
                        "%s has no %s yet: its training has not begun"
                            .formatted(runFolder, RunDescription.FILE)));
    History history = History.read(runFolder);
    RunResult result =
        ResultFile.read(runFolder).filter(r -> isCurrent(r, configuration, history)).orElse(null);
    boolean finished = result != null && result.failure() == null;
    Optional<MetricsFile> metrics = finished ? MetricsFile.read(runFolder) : Optional.empty();
    return new RunRecord(
        configuration,
        description,
        history,
        Attempts.read(runFolder).orElse(null),
        metrics.orElse(null),
        result,
        abandoned && result == null);
  }

  /** An attempt's result is outdated as soon as a later attempt has ended an epoch. */
  private static boolean isCurrent(RunResult result, RunConfiguration run, History history) {
    double[] steps = history.epochs() == 0 ? new double[] {0} : history.values("step");
    return run.runKey().equals(result.runKey()) && result.step() >= steps[steps.length - 1];
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
