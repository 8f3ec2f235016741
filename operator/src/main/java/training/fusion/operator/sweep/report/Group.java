package training.fusion.operator.sweep.report;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import training.fusion.api.resource.sweep.FusionSweepStatus;
import training.fusion.api.run.Metrics;
import training.fusion.api.run.ParameterCounts;
import training.fusion.operator.sweep.trial.Cell;
import training.fusion.operator.sweep.trial.TrialRow;

/**
 * Trials that differ in the seed alone, run or not.
 *
 * @param number from 1, in the order of the matrix
 * @param label the strategy in words, no other group of the same arm and data set has the same
 * @param trials at least one, none excluded
 */
public record Group(int number, String label, List<TrialRow> trials) {

  /** The trials' common cell; its seed is the first trial's. */
  public Cell cell() {
    return trials.get(0).cell();
  }

  /** Trials that were trained to the end. */
  public List<TrialRow> succeeded() {
    return trials.stream()
        .filter(row -> row.state() == TrialRow.State.SUCCEEDED && row.test() != null)
        .toList();
  }

  /** How many trials are in a state. */
  public int count(TrialRow.State state) {
    return (int) trials.stream().filter(row -> row.state() == state).count();
  }

  /**
   * Of the evaluations on validation that the models were chosen by; absent before there is one,
   * and for trials without validation images.
   */
  public FusionSweepStatus.@Nullable Figures validation() {
    return Means.of(succeeded().stream().map(Group::validation).filter(Objects::nonNull).toList());
  }

  /** Of the chosen models' evaluations on test; absent before there is one. */
  public FusionSweepStatus.@Nullable Figures test() {
    return Means.of(succeeded().stream().map(TrialRow::test).filter(Objects::nonNull).toList());
  }

  /** Fraction of all parameters that the high level's rule updates; fusion optimizers only. */
  public @Nullable Double highLevelShare() {
    Optional<ParameterCounts> counts =
        trials.stream().map(TrialRow::parameters).filter(Objects::nonNull).findFirst();
    return counts.map(ParameterCounts::highLevelShare).orElse(null);
  }

  /** The same in a sweep's status, rounded. */
  public FusionSweepStatus.Group inStatus() {
    return new FusionSweepStatus.Group(
        cell().arm(),
        cell().dataset(),
        label,
        succeeded().size(),
        StatusFigures.rounded(highLevelShare()),
        StatusFigures.rounded(validation()),
        StatusFigures.rounded(test()));
  }

  /** A trial's figures on validation; absent if test images chose its model. */
  static @Nullable Metrics validation(TrialRow row) {
    Metrics best = row.best();
    return best != null && best.split() == Metrics.Split.VALIDATION ? best : null;
  }
}
