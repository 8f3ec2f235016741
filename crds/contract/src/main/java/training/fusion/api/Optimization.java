package training.fusion.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How parameters are updated: exactly one strategy. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
    value =
        "[has(self.fusion), has(self.levels), has(self.single), has(self.swats), has(self.mas)].exists_one(x, x)",
    message =
        "optimization needs exactly one of fusion, levels, single, swats, mas; keep the strategy you want"
            + ExactlyOne.LEFT_OVER)
@ValidationRule(
    value = "!has(self.levels) || !has(self.levels[size(self.levels) - 1].lastBlock)",
    message =
        "the last of levels has all blocks that are left, and the head: remove its lastBlock, or add a level after it",
    fieldPath = ".levels")
@ValidationRule(
    value = "!has(self.levels) || " + Optimization.ASCENDING,
    message =
        "each of levels before the last needs a lastBlock, and a higher one than the level before it",
    fieldPath = ".levels")
@ValidationRule(
    value = "!has(self.levels) || self.levels.exists(level, level.optimizer.type != 'None')",
    message =
        "all of levels are None: nothing would be trained; choose another type for one of them",
    fieldPath = ".levels")
@ValidationRule(
    value = "!has(self.learningRateDecay) || !(has(self.swats) || has(self.mas))",
    message =
        "learningRateDecay applies to fusion, levels and single: swats and mas have one rate for all blocks; remove it",
    fieldPath = ".learningRateDecay")
public record Optimization(
    @JsonPropertyDescription(
            "A fusion optimizer: one rule for the blocks up to a boundary, another for the blocks after it (Kim and Moon, equation 3).")
        @Nullable Fusion fusion,
    @JsonPropertyDescription(
            "As many rules as you like, each for neighbouring blocks, from the first to the last; a fusion is the form with two.")
        @Size(min = 2, max = MOST_LEVELS)
        @Nullable List<Level> levels,
    @JsonPropertyDescription("One rule for all parameters.") @Nullable Single single,
    @JsonPropertyDescription(
            "Adam that switches to SGD once (Keskar and Socher 2017, arXiv 1712.07628).")
        @Nullable Swats swats,
    @JsonPropertyDescription(
            "A weighted mixture of Adam and SGD in every step (Landro, Gallo and La Grassa 2020, arXiv 2011.08042).")
        @Nullable Mas mas,
    @JsonPropertyDescription(
            "Layer-wise decay of the learning rate, as timm's layer_decay and BEiT's: a block's rate is its level's times this to the power of the number of blocks above it, the head's is its level's. Absent: 1, no decay.")
        @Min(value = 0, inclusive = false)
        @Max(1)
        @Nullable Double learningRateDecay) {
  /** The most levels: more than any network has blocks. */
  private static final int MOST_LEVELS = 32;

  /** CEL has no way to number the elements of a list. */
  static final String ASCENDING =
      "[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30].all(i, i + 1 >= size(self.levels) || (has(self.levels[i].lastBlock) && (i == 0 || (has(self.levels[i - 1].lastBlock) && self.levels[i - 1].lastBlock < self.levels[i].lastBlock))))";

  /** One rule for all. */
  public static Optimization of(Single single) {
    return new Optimization(null, null, single, null, null, null);
  }

  /** Two rules. */
  public static Optimization of(Fusion fusion) {
    return new Optimization(fusion, null, null, null, null, null);
  }

  /** The levels of fusion, levels and single, the first blocks' first; of SWATS and MAS none. */
  public List<Level> inLevels() {
    if (fusion != null) {
      LowLevel low = fusion.lowLevel();
      HighLevel high = fusion.highLevel();
      return List.of(
          new Level(low.lastBlock(), low.optimizer(), low.schedule(), low.maxGradNorm()),
          new Level(null, high.optimizer(), high.schedule(), high.maxGradNorm()));
    }
    if (single != null) {
      return List.of(new Level(null, single.optimizer(), null, null));
    }
    return levels == null ? List.of() : levels;
  }

  /** Neighbouring blocks under one rule. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Level(
      @JsonPropertyDescription(
              "The level's last block, in the paper's numbering: ${boundaries}. The last level has none: it ends with the head.")
          @Min(0)
          @Max(1000)
          @Nullable Integer lastBlock,
      @Required @JsonPropertyDescription("Its update rule.") Optimizer optimizer,
      @JsonPropertyDescription("Replaces training.schedule for these blocks.")
          @Nullable Schedule schedule,
      @JsonPropertyDescription(
              "Clips these blocks' gradient norm on its own, instead of training.maxGradNorm.")
          @Min(value = 0, inclusive = false)
          @Max(1000000)
          @Nullable Double maxGradNorm) {}

  /** Low-level blocks by one rule, high-level blocks by another. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @ValidationRule(
      value = "self.lowLevel.optimizer.type != 'None' || self.highLevel.optimizer.type != 'None'",
      message =
          "lowLevel and highLevel are both None: nothing would be trained; choose another type for one of them")
  public record Fusion(
      @Required @JsonPropertyDescription("The blocks up to and including lastBlock.")
          LowLevel lowLevel,
      @Required @JsonPropertyDescription("The blocks after lastBlock, and the head.")
          HighLevel highLevel) {}

  /** The blocks before the boundary. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record LowLevel(
      @Required
          @JsonPropertyDescription(
              "Last block of the low level, in the paper's numbering: ${boundaries}.")
          @Min(0)
          @Max(1000)
          Integer lastBlock,
      @Required @JsonPropertyDescription("Its update rule.") Optimizer optimizer,
      @JsonPropertyDescription("Replaces training.schedule for these blocks.")
          @Nullable Schedule schedule,
      @JsonPropertyDescription(
              "Clips these blocks' gradient norm on its own, instead of training.maxGradNorm.")
          @Min(value = 0, inclusive = false)
          @Max(1000000)
          @Nullable Double maxGradNorm) {}

  /** The blocks after the boundary, and the head. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record HighLevel(
      @Required @JsonPropertyDescription("Its update rule.") Optimizer optimizer,
      @JsonPropertyDescription("Replaces training.schedule for these blocks.")
          @Nullable Schedule schedule,
      @JsonPropertyDescription(
              "Clips these blocks' gradient norm on its own, instead of training.maxGradNorm.")
          @Min(value = 0, inclusive = false)
          @Max(1000000)
          @Nullable Double maxGradNorm) {}

  /** One rule for everything. */
  @ValidationRule(
      value = "self.optimizer.type != 'None'",
      message = "single.optimizer is None: nothing would be trained; choose another type",
      fieldPath = ".optimizer.type")
  public record Single(
      @Required @JsonPropertyDescription("The update rule of all parameters.")
          Optimizer optimizer) {}

  /** Adam first, SGD once its step agrees with Adam's. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Swats(
      @JsonPropertyDescription("Adam's step size. Absent: 1e-3.")
          @Min(value = 0, inclusive = false)
          @Max(1000000)
          @Nullable Double learningRate,
      @JsonPropertyDescription("Decay of the first moment. Absent: 0.9.")
          @Min(0)
          @Max(value = 1, inclusive = false)
          @Nullable Double beta1,
      @JsonPropertyDescription("Decay of the second moment. Absent: 0.999.")
          @Min(0)
          @Max(value = 1, inclusive = false)
          @Nullable Double beta2,
      @JsonPropertyDescription("Added to the denominator. Absent: 1e-8.")
          @Min(value = 0, inclusive = false)
          @Max(1)
          @Nullable Double epsilon,
      @JsonPropertyDescription(
              "Switches when the SGD rate differs from its running mean by less than this. Absent: 1e-9, the paper's.")
          @Min(value = 0, inclusive = false)
          @Max(1)
          @Nullable Double tolerance,
      @JsonPropertyDescription("The same, relative to the running mean. Absent: not used.")
          @Min(value = 0, inclusive = false)
          @Max(1)
          @Nullable Double relativeTolerance,
      @JsonPropertyDescription("Least number of Adam's steps before the switch. Absent: 2.")
          @Min(2)
          @Max(1000000000)
          @Nullable Integer minimumSteps) {}

  /** Adam and SGD mixed in every step. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @ValidationRule(
      value =
          "!has(self.sgdWeight) || !has(self.adamWeight) || self.sgdWeight + self.adamWeight > 0.0",
      message = "sgdWeight and adamWeight are both 0: nothing would be trained; raise one of them")
  public record Mas(
      @JsonPropertyDescription("Step size of both. Absent: 1e-3.")
          @Min(value = 0, inclusive = false)
          @Max(1000000)
          @Nullable Double learningRate,
      @JsonPropertyDescription("Weight of SGD's part. Absent: 0.5.") @Min(0) @Max(1)
          @Nullable Double sgdWeight,
      @JsonPropertyDescription("Weight of Adam's part. Absent: 0.5.") @Min(0) @Max(1)
          @Nullable Double adamWeight,
      @JsonPropertyDescription("SGD's momentum. Absent: 0.9.")
          @Min(0)
          @Max(value = 1, inclusive = false)
          @Nullable Double momentum,
      @JsonPropertyDescription("Decay of Adam's first moment. Absent: 0.9.")
          @Min(0)
          @Max(value = 1, inclusive = false)
          @Nullable Double beta1,
      @JsonPropertyDescription("Decay of Adam's second moment. Absent: 0.999.")
          @Min(0)
          @Max(value = 1, inclusive = false)
          @Nullable Double beta2,
      @JsonPropertyDescription("Added to Adam's denominator. Absent: 1e-8.")
          @Min(value = 0, inclusive = false)
          @Max(1)
          @Nullable Double epsilon,
      @JsonPropertyDescription("Weight decay, added to the gradient. Absent: 0.") @Min(0) @Max(1000)
          @Nullable Double weightDecay) {}
}
