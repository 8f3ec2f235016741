package training.fusion.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/** How the learning rate moves, step by step. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
    value = "self.type == 'Step' || (!has(self.everyEpochs) && !has(self.factor))",
    message = "everyEpochs and factor apply to the Step schedule only; remove them, or choose Step")
public record Schedule(
    @Required
        @JsonPropertyDescription(
            "Constant; Cosine, half a cosine from the peak to 0 over the steps after the warm-up; Step, multiplied by factor every everyEpochs epochs.")
        Type type,
    @JsonPropertyDescription(
            "Steps over which the learning rate rises linearly: step s of w (from 1) has s/w of the peak.")
        @Default("0")
        @Min(0)
        @Max(10000000)
        @Nullable Integer warmupSteps,
    @JsonPropertyDescription("Step: epochs between two reductions. Absent: 30.")
        @Min(1)
        @Max(100000)
        @Nullable Integer everyEpochs,
    @JsonPropertyDescription("Step: what the rate is multiplied by. Absent: 0.1.")
        @Min(value = 0, inclusive = false)
        @Max(1)
        @Nullable Double factor) {

  /** The shape of a schedule after its warm-up. */
  public enum Type {
    @JsonProperty("Constant")
    CONSTANT,
    @JsonProperty("Cosine")
    COSINE,
    @JsonProperty("Step")
    STEP
  }
}
