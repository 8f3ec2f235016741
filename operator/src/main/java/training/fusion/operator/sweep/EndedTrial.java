package training.fusion.operator.sweep;

import io.fabric8.kubernetes.api.model.Condition;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import training.fusion.api.resource.FusionTraining;
import training.fusion.api.resource.FusionTrainingSpec;
import training.fusion.api.resource.FusionTrainingStatus;
import training.fusion.api.resource.FusionTrainingStatus.OptimizationStatus;
import training.fusion.api.resource.FusionTrainingStatus.State;
import training.fusion.api.run.ParameterCounts;
import training.fusion.operator.bounds.Shortened;
import training.fusion.operator.resource.Conditions;
import training.fusion.operator.sweep.trial.Cell;
import training.fusion.operator.sweep.trial.TrialRow;

/** What is kept of a trial when it has ended. */
final class EndedTrial {
  /** Two hundred rows must fit into a ConfigMap. */
  private static final int LONGEST_HISTORY = 20;

  private EndedTrial() {}

  /**
   * Its row.
   *
   * @param cell where it stands in the matrix
   */
  static TrialRow row(FusionTraining training, Cell cell) {
    FusionTrainingStatus status = Objects.requireNonNull(training.getStatus(), "it has ended");
    boolean succeeded = status.state() == State.SUCCEEDED;
    return new TrialRow(
        training.getMetadata().getName(),
        cell,
        succeeded ? TrialRow.State.SUCCEEDED : TrialRow.State.FAILED,
        status.best(),
        status.test(),
        status.history() == null ? null : Shortened.thinned(status.history(), LONGEST_HISTORY),
        status.pauses(),
        parameters(status.optimization()),
        status.startTime(),
        status.completionTime(),
        succeeded ? null : failure(status));
  }

  /** The cell of a trial that the matrix does not ask for any more, from what it was made with. */
  static Cell cell(FusionTraining training) {
    FusionTrainingSpec spec = training.getSpec();
    Map<String, String> annotations = training.getMetadata().getAnnotations();
    return new Cell(
        annotations.getOrDefault(Trials.ARM, ""),
        spec.model().architecture(),
        annotations.getOrDefault(Trials.DATASET, ""),
        spec.optimization(),
        Objects.requireNonNullElse(spec.training().seed(), 0L).intValue());
  }

  private static @Nullable ParameterCounts parameters(@Nullable OptimizationStatus optimization) {
    return optimization == null
            || optimization.lowLevelParameters() == null
            || optimization.highLevelParameters() == null
        ? null
        : new ParameterCounts(
            optimization.lowLevelParameters(), optimization.highLevelParameters());
  }

  private static @Nullable String failure(FusionTrainingStatus status) {
    List<Condition> conditions = Objects.requireNonNullElse(status.conditions(), List.of());
    return Conditions.find(conditions, "Failed")
        .map(condition -> condition.getReason() + ": " + condition.getMessage())
        .orElse(null);
  }
}
