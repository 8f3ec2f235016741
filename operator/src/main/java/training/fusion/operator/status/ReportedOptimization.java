package training.fusion.operator.status;

import java.util.List;
import org.jspecify.annotations.Nullable;
import training.fusion.api.Optimization;
import training.fusion.api.OptimizationSummary;
import training.fusion.api.Optimizer;
import training.fusion.api.resource.FusionTrainingSpec;
import training.fusion.api.resource.FusionTrainingStatus.OptimizationStatus;
import training.fusion.api.resource.FusionTrainingStatus.ResolvedOptimizers;
import training.fusion.api.run.ParameterCounts;

/** The strategy in words, and with every default filled in. */
final class ReportedOptimization {
  private ReportedOptimization() {}

  /**
   * @param parameters what the trainer counted; absent until it said so
   * @param levels parameters of each level, of a strategy of levels; absent likewise
   * @param switchStep where SWATS switched; absent until it did
   */
  static OptimizationStatus of(
      FusionTrainingSpec spec,
      @Nullable ParameterCounts parameters,
      @Nullable List<Long> levels,
      @Nullable Long switchStep) {
    Optimization strategy = spec.optimization();
    Long low = parameters == null ? null : parameters.lowLevel();
    Long high = parameters == null ? null : parameters.highLevel();
    Double share = parameters == null ? null : parameters.highLevelShare();
    return new OptimizationStatus(
        OptimizationSummary.words(strategy, spec.model().architecture(), spec.training()),
        low,
        high,
        share,
        levels,
        resolved(strategy),
        switchStep);
  }

  private static @Nullable ResolvedOptimizers resolved(Optimization strategy) {
    List<Optimizer> rules =
        strategy.inLevels().stream().map(level -> level.optimizer().resolved()).toList();
    if (strategy.fusion() != null) {
      return new ResolvedOptimizers(rules.get(0), rules.get(1), null, null);
    }
    if (strategy.single() != null) {
      return new ResolvedOptimizers(null, null, null, rules.get(0));
    }
    return rules.isEmpty() ? null : new ResolvedOptimizers(null, null, rules, null);
  }
}
