package training.fusion.operator.sweep.report;

import org.apache.commons.statistics.distribution.TDistribution;
import org.jspecify.annotations.Nullable;
import training.fusion.api.resource.sweep.FusionSweepStatus.MeanDeviation;

/**
 * How far apart two strategies are, seed by seed.
 *
 * @param n pairs
 * @param mean of the differences
 * @param margin half the width of the 95 % interval (Student's t); absent for one pair
 * @param p of the exact sign-flip test
 */
public record PairedDifference(int n, double mean, @Nullable Double margin, double p) {
  private static final double CONFIDENCE = 0.95;

  static PairedDifference of(double[] differences) {
    int n = differences.length;
    MeanDeviation summary = Means.of(differences);
    Double margin =
        summary.std() == null
            ? null
            : TDistribution.of(n - 1).inverseSurvivalProbability((1 - CONFIDENCE) / 2)
                * summary.std()
                / Math.sqrt(n);
    return new PairedDifference(n, summary.mean(), margin, SignFlip.p(differences));
  }
}
