package training.fusion.trainer.report;

import java.math.BigDecimal;
import java.math.MathContext;
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
            roundOrNull(metrics.weightedF1(), FIGURE));
  }

  static @Nullable AveragedWeights of(@Nullable AveragedWeights ema) {
    return ema == null ? null : new AveragedWeights(of(ema.best()), of(ema.test()), ema.model());
  }

  static HistoryPoint of(HistoryPoint point) {
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

  private static double round(double value, MathContext digits) {
    return Double.isFinite(value) ? new BigDecimal(value).round(digits).doubleValue() : value;
  }
}
