package training.fusion.trainer.train;

import java.util.List;
import org.jspecify.annotations.Nullable;
import training.fusion.api.Training;
import training.fusion.api.Training.Metric;
import training.fusion.api.run.StoppedEarly;
import training.fusion.trainer.checkpoint.HistoryRow;
import training.fusion.trainer.run.FurtherTraining;

/**
 * When training ends because validation no longer improves. It keeps nothing: where it stands
 * follows from the history, so a resumed run stops where an undisturbed one does.
 *
 * @param patience epochs in a row without an improvement
 * @param minimumImprovement an epoch improves if it is better than the best by more than this
 */
public record EarlyStopping(int patience, double minimumImprovement, Criterion criterion) {

  /** As it is configured; null: never. */
  static @Nullable EarlyStopping of(Training.@Nullable EarlyStopping asked) {
    return asked == null
        ? null
        : new EarlyStopping(
            asked.patience(),
            asked.minimumImprovement() == null ? 0 : asked.minimumImprovement(),
            new Criterion(asked.metric() == null ? Metric.ACCURACY : asked.metric()));
  }

  /**
   * What there is to tell if the newest epoch of the history is the last; else null.
   *
   * @param patientFrom epochs before {@link FurtherTraining}, which nobody waits for any more
   */
  public @Nullable StoppedEarly after(List<HistoryRow> history, int patientFrom) {
    int bestEpoch = 0;
    double best = Double.NEGATIVE_INFINITY;
    for (HistoryRow row : history) {
      double figure = criterion.figure(row.evaluation());
      if (bestEpoch == 0 || figure - best > minimumImprovement) {
        bestEpoch = row.epoch();
        best = figure;
      }
    }
    int epoch = history.size();
    return epoch > 0 && epoch - Math.max(bestEpoch, patientFrom) >= patience
        ? new StoppedEarly(epoch, bestEpoch)
        : null;
  }
}
