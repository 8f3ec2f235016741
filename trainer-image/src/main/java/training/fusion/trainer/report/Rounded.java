package training.fusion.trainer.report;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import training.fusion.api.run.AveragedWeights;
import training.fusion.api.run.Metrics;
import training.fusion.api.run.RunResult.HistoryPoint;

/**
 * Figures as a resource's status has them: six significant digits, five in the history. No data set
 * bears out more, and they fit a column of {@code kubectl get}. The run's own files have all
 * digits.
 */
public final class Rounded {
  private static final MathContext FIGURE = new MathContext(6);
  private static final MathContext HISTORY = new MathContext(5);

  private Rounded() {}

  /** An evaluation; null for none. */
  public static @Nullable Metrics of(@Nullable Metrics metrics) {
    return metrics == null
        ? null
        : new Metrics(
            metrics.split(),
            metrics.epoch(),
            round(metrics.accuracy(), FIGURE),
            round(metrics.loss(), FIGURE),
            round(metrics.f1(), FIGURE),
            roundOrNull(metrics.weightedF1(), FIGURE),
            roundOrNull(metrics.top5Accuracy(), FIGURE));
  }

  static @Nullable AveragedWeights of(@Nullable AveragedWeights ema) {
    return ema == null ? null : new AveragedWeights(of(ema.best()), of(ema.test()), ema.model());
  }

  /**
   * So many epochs at most, evenly spaced; the last one is always there, the first one if there are
   * two.
   */
  public static List<HistoryPoint> history(List<HistoryPoint> all, int most) {
    int points = Math.min(most, all.size());
    var chosen = new ArrayList<HistoryPoint>(points);
    int last = all.size() - 1;
    for (int i = 0; i < points; i++) {
      int index = points == 1 ? last : (int) ((long) i * last / (points - 1));
      chosen.add(of(all.get(index)));
    }
    return chosen;
  }

  private static HistoryPoint of(HistoryPoint point) {
    return new HistoryPoint(
        point.epoch(),
        round(point.trainLoss(), HISTORY),
        roundOrNull(point.accuracy(), HISTORY),
        roundOrNull(point.loss(), HISTORY),
        roundOrNull(point.f1(), HISTORY));
  }

  private static @Nullable Double roundOrNull(@Nullable Double value, MathContext digits) {
    return value == null ? null : round(value, digits);
  }

  static @Nullable Double speed(@Nullable Double imagesPerSecond) {
    return roundOrNull(imagesPerSecond, FIGURE);
  }

  private static double round(double value, MathContext digits) {
    return Double.isFinite(value) ? new BigDecimal(value).round(digits).doubleValue() : value;
  }
}
