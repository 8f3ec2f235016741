package training.fusion.operator.sweep.report;

import java.util.List;
import java.util.function.ToDoubleFunction;
import org.apache.commons.statistics.descriptive.Mean;
import org.apache.commons.statistics.descriptive.StandardDeviation;
import org.jspecify.annotations.Nullable;
import training.fusion.api.resource.sweep.FusionSweepStatus.Figures;
import training.fusion.api.resource.sweep.FusionSweepStatus.MeanDeviation;
import training.fusion.api.run.Metrics;

/** Arithmetic means and sample standard deviations (n − 1). */
final class Means {
  private Means() {}

  /** Of each figure; absent where there is no evaluation. */
  static @Nullable Figures of(List<Metrics> evaluations) {
    if (evaluations.isEmpty()) {
      return null;
    }
    return new Figures(
        of(evaluations, Metrics::accuracy),
        of(evaluations, Metrics::loss),
        of(evaluations, Metrics::f1));
  }

  private static MeanDeviation of(List<Metrics> evaluations, ToDoubleFunction<Metrics> figure) {
    return of(evaluations.stream().mapToDouble(figure).toArray());
  }

  /** Of at least one value; one alone has no deviation. */
  static MeanDeviation of(double[] values) {
    double mean = Mean.of(values).getAsDouble();
    return new MeanDeviation(
        mean, values.length < 2 ? null : StandardDeviation.of(values).getAsDouble());
  }
}
