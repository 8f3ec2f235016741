package training.fusion.operator.status;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import training.fusion.api.resource.FusionTrainingStatus.Progress;
import training.fusion.api.run.ProgressReport;
import training.fusion.api.run.RunResult;
import training.fusion.api.run.RunResult.HistoryPoint;
import training.fusion.operator.bounds.Shortened;

/** How a training went: the reports have most of it, the result what there was room for. */
final class StatusHistory {
  private StatusHistory() {}

  /** All epochs that either knows, in their order, thinned; null if there are none. */
  static @Nullable List<HistoryPoint> of(@Nullable Progress progress, @Nullable RunResult result) {
    Map<Integer, HistoryPoint> epochs = new TreeMap<>();
    add(epochs, progress == null ? null : progress.history());
    add(epochs, result == null ? null : result.history());
    return epochs.isEmpty()
        ? null
        : Shortened.thinned(List.copyOf(epochs.values()), ProgressReport.MOST_EPOCHS);
  }

  private static void add(Map<Integer, HistoryPoint> epochs, @Nullable List<HistoryPoint> of) {
    for (HistoryPoint point : Objects.requireNonNullElse(of, List.<HistoryPoint>of())) {
      epochs.put(point.epoch(), point);
    }
  }
}
