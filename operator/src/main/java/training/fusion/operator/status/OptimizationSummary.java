package training.fusion.operator.status;

import org.jspecify.annotations.Nullable;
import training.fusion.api.Architecture;
import training.fusion.api.Optimization;
import training.fusion.api.Optimizer;
import training.fusion.api.OptimizerDefaults;
import training.fusion.api.OptimizerType;
import training.fusion.api.resource.FusionTrainingSpec;
import training.fusion.api.resource.FusionTrainingStatus.OptimizationStatus;
import training.fusion.api.resource.FusionTrainingStatus.ResolvedOptimizers;
import training.fusion.api.run.ParameterCounts;

/** The strategy in words, and with every default filled in. */
public final class OptimizationSummary {
  private OptimizationSummary() {}

  /**
   * @param parameters what the trainer counted; absent until it said so
   * @param switchStep where SWATS switched; absent until it did
   */
  static OptimizationStatus of(
      FusionTrainingSpec spec, @Nullable ParameterCounts parameters, @Nullable Long switchStep) {
    Optimization strategy = spec.optimization();
    Long low = parameters == null ? null : parameters.lowLevel();
    Long high = parameters == null ? null : parameters.highLevel();
    Double share = parameters == null ? null : parameters.highLevelShare();
    return new OptimizationStatus(
        words(strategy, spec.model().architecture()),
        low,
        high,
        share,
        resolved(strategy),
        switchStep);
  }

  /** Such as {@code Adam blocks 0–5 → SGD blocks 6–7 and head}. */
  public static String words(Optimization strategy, Architecture architecture) {
    if (strategy.fusion() != null) {
      int boundary = strategy.fusion().lowLevel().lastBlock();
      int last = lastBlock(architecture);
      return name(strategy.fusion().lowLevel().optimizer())
          + " "
          + blocks(0, boundary)
          + " → "
          + name(strategy.fusion().highLevel().optimizer())
          + " "
          + blocks(boundary + 1, last)
          + " and head";
    }
    if (strategy.single() != null) {
      return name(strategy.single().optimizer()) + " for all blocks";
    }
    return strategy.swats() != null ? "SWATS: Adam, then SGD" : "MAS: Adam and SGD mixed";
  }

  /** Optimizers without blocks and rates: {@code Adam → SGD}, {@code Adam}, {@code SWATS}. */
  public static String family(Optimization strategy) {
    if (strategy.fusion() != null) {
      return name(strategy.fusion().lowLevel().optimizer())
          + " → "
          + name(strategy.fusion().highLevel().optimizer());
    }
    if (strategy.single() != null) {
      return name(strategy.single().optimizer());
    }
    return strategy.swats() != null ? "SWATS" : "MAS";
  }

  private static int lastBlock(Architecture architecture) {
    return switch (architecture) {
      case EFFICIENTNET_V2_S -> 7;
      case VIT_B_16 -> 11;
    };
  }

  private static String blocks(int first, int last) {
    return first == last ? "block " + first : "blocks " + first + "–" + last;
  }

  private static String name(Optimizer optimizer) {
    return optimizer.type() == OptimizerType.NONE ? "frozen" : optimizer.type().toString();
  }

  private static @Nullable ResolvedOptimizers resolved(Optimization strategy) {
    if (strategy.fusion() != null) {
      return new ResolvedOptimizers(
          OptimizerDefaults.resolve(strategy.fusion().lowLevel().optimizer()),
          OptimizerDefaults.resolve(strategy.fusion().highLevel().optimizer()),
          null);
    }
    return strategy.single() == null
        ? null
        : new ResolvedOptimizers(
            null, null, OptimizerDefaults.resolve(strategy.single().optimizer()));
  }
}
