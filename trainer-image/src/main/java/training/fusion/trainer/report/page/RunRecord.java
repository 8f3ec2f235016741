package training.fusion.trainer.report.page;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;
import training.fusion.api.run.Metrics;
import training.fusion.api.run.RunConfiguration;
import training.fusion.api.run.RunResult;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.batch.BatchPlan;
import training.fusion.trainer.checkpoint.StepPoint;
import training.fusion.trainer.module.DescribedModule;
import training.fusion.trainer.report.Attempts;
import training.fusion.trainer.report.ConfigurationFile;
import training.fusion.trainer.report.DetailedMetrics;
import training.fusion.trainer.report.EpochMatrices;
import training.fusion.trainer.report.EvaluationFile;
import training.fusion.trainer.report.History;
import training.fusion.trainer.report.MatrixSummary;
import training.fusion.trainer.report.MetricsFile;
import training.fusion.trainer.report.ResultFile;
import training.fusion.trainer.report.RunDescription;
import training.fusion.trainer.report.StepTable;

/**
 * All that a run's folder says about the run, so that its page can be made at any time.
 *
 * @param steps what it did step by step; empty in folders of older trainers, and so are matrices
 * @param evaluation the newest that epochs are compared by, of the model once there is one; absent
 *     before the first, and in folders of older trainers
 * @param matrices confusion matrices by epoch, of long runs not all
 * @param metrics absent before the run is trained to its end
 * @param result how the newest attempt ended; absent while one is under way
 * @param abandoned whether none is under way, though no attempt has told its end
 */
public record RunRecord(
    RunConfiguration configuration,
    RunDescription description,
    History history,
    StepTable steps,
    @Nullable EvaluationFile evaluation,
    SortedMap<Integer, MatrixSummary> matrices,
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
    StepTable steps = StepTable.read(runFolder);
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
        EvaluationFile.read(runFolder).filter(e -> isOf(e, description, history)).orElse(null),
        EpochMatrices.read(
            runFolder, history.epochs(), Confusions.MOST_EPOCHS, description.classes().size()),
        Attempts.read(runFolder).orElse(null),
        metrics.orElse(null),
        result,
        abandoned && result == null);
  }

  /** An attempt's result is outdated as soon as a later attempt has got further. */
  private static boolean isCurrent(
      RunResult result, RunConfiguration run, History history, StepTable steps) {
    return run.runKey().equals(result.runKey()) && result.step() >= step(history, steps);
  }

  /** A killed run's may be of an epoch that is trained again. */
  private static boolean isOf(EvaluationFile found, RunDescription run, History history) {
    int classes = run.classes().size();
    return found.metrics().figures().epoch() <= history.epochs()
        && found.metrics().confusionMatrix().classes() == classes
        && found.worst().stream().allMatch(image -> image.isAmong(classes));
  }

  /** Steps that are done, by whichever file knows of the most. */
  long step() {
    return step(history, steps);
  }

  private static long step(History history, StepTable steps) {
    List<StepPoint> points = steps.curve().points();
    long last = points.isEmpty() ? 0 : points.get(points.size() - 1).step();
    return history.epochs() == 0 ? last : Math.max(last, (long) history.newest("step"));
  }

  /** Steps asked for; 0 if not known. */
  long allSteps() {
    Integer batchSize = configuration.training().batchSize();
    return batchSize == null
        ? 0
        : (long) epochs()
            * new BatchPlan(description.train(), batchSize, smallestBatch()).batches();
  }

  private int smallestBatch() {
    DescribedModule module = description.module();
    return module != null
        ? module.smallestBatch()
        : Objects.requireNonNull(configuration.model().architecture()).smallestBatch();
  }

  /** The model's evaluation on test; while there is no model, the newest. */
  @Nullable DetailedMetrics newest() {
    if (metrics != null) {
      return metrics.test();
    }
    return evaluation == null ? null : evaluation.metrics();
  }

  /** What an evaluation is called. */
  String nameOf(DetailedMetrics evaluated) {
    Metrics figures = evaluated.figures();
    boolean ofModel = metrics != null && figures.split() == Metrics.Split.TEST;
    return ofModel ? "test" : nameOf(figures.epoch());
  }

  /** What the evaluation after an epoch is called. */
  String nameOf(int epoch) {
    return "%s, epoch %d".formatted(evaluated(), epoch);
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
