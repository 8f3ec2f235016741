package training.fusion.operator.sweep.report;

import java.math.BigDecimal;
import java.math.MathContext;
import org.jspecify.annotations.Nullable;
import training.fusion.api.resource.sweep.FusionSweepStatus.Figures;
import training.fusion.api.resource.sweep.FusionSweepStatus.MeanDeviation;

/**
 * Figures as a status has them: six significant digits, as a training's own, which fit a column of
 * {@code kubectl get}. The report is made of all digits.
 */
final class StatusFigures {
  private static final MathContext FIGURE = new MathContext(6);

  private StatusFigures() {}

  static @Nullable Figures rounded(@Nullable Figures figures) {
    return figures == null
        ? null
        : new Figures(rounded(figures.accuracy()), rounded(figures.loss()), rounded(figures.f1()));
  }

  private static @Nullable MeanDeviation rounded(@Nullable MeanDeviation figure) {
    return figure == null ? null : new MeanDeviation(round(figure.mean()), rounded(figure.std()));
  }

  static @Nullable Double rounded(@Nullable Double value) {
    return value == null ? null : round(value);
  }

  private static double round(double value) {
    return Double.isFinite(value) ? new BigDecimal(value).round(FIGURE).doubleValue() : value;
  }
}
