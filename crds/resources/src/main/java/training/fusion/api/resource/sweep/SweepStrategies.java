package training.fusion.api.resource.sweep;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import org.jspecify.annotations.Nullable;
import training.fusion.api.Optimization;
import training.fusion.api.Optimizer;

/** Strategies of one kind, each of them to be tried. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
    value =
        "[has(self.fusion), has(self.levels), has(self.single), has(self.swats), has(self.mas)].exists_one(x, x)",
    message =
        "an element of optimizations needs exactly one of fusion, levels, single, swats, mas; write the others as elements of their own")
public record SweepStrategies(
    @JsonPropertyDescription("Fusion optimizers: each pair with each boundary.")
        @Nullable Fusions fusion,
    @JsonPropertyDescription("As many rules as you like: one strategy.") @Size(min = 2, max = 32)
        @Nullable List<Optimization.Level> levels,
    @JsonPropertyDescription("Single optimizers.") @Nullable Singles single,
    @JsonPropertyDescription("SWATS: one strategy.") Optimization.@Nullable Swats swats,
    @JsonPropertyDescription("MAS: one strategy.") Optimization.@Nullable Mas mas) {

  /** Every pair of rules with every boundary. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @ValidationRule(
      value = "self.lastBlocks.all(b, self.lastBlocks.exists_one(c, c == b))",
      message = "a block stands twice in lastBlocks; remove one of them",
      fieldPath = ".lastBlocks")
  public record Fusions(
      @Required
          @JsonPropertyDescription(
              "Last blocks of the low level, in the paper's numbering: ${boundaries}.")
          @Size(min = 1, max = 16)
          List<@Min(0) @Max(1000) Integer> lastBlocks,
      @Required @JsonPropertyDescription("Rules for the two levels.") @Size(min = 1, max = 64)
          List<Pair> pairs) {}

  /**
   * Rules for the two levels.
   *
   * @param lowLevel without its boundary it has the fields of a high level
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Pair(
      @Required @JsonPropertyDescription("The blocks up to and including lastBlock.")
          Optimization.HighLevel lowLevel,
      @Required @JsonPropertyDescription("The blocks after it, and the head.")
          Optimization.HighLevel highLevel) {}

  /** Every optimizer alone. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Singles(
      @Required @JsonPropertyDescription("Update rules of all parameters.") @Size(min = 1, max = 64)
          List<Optimizer> optimizers) {}
}
