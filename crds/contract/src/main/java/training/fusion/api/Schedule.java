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
    value = "self.type == 'Step' || !has(self.everyEpochs)",
    message = "everyEpochs applies to the Step schedule only; remove it, or choose Step")
@ValidationRule(
    value = "self.type in ['Step', 'Exponential'] || !has(self.factor)",
    message =
        "factor applies to the Step and Exponential schedules only; remove it, or choose one of them")
@ValidationRule(
    value = "self.type != 'Exponential' || has(self.factor)",
    message = "the Exponential schedule needs a factor, say 0.9")
@ValidationRule(
    value = "self.type == 'Cosine' || !has(self.minimumLearningRate)",
    message =
        "minimumLearningRate applies to the Cosine schedule only; remove it, or choose Cosine")
@ValidationRule(
    value = "!has(self.warmupEpochs) || !has(self.warmupSteps) || self.warmupSteps == 0",
    message = "the warm-up is given in steps and in epochs; remove warmupSteps or warmupEpochs",
    fieldPath = ".warmupEpochs")
@ValidationRule(
    value =
        "!has(self.warmupFactor) || has(self.warmupEpochs) || (has(self.warmupSteps) && self.warmupSteps > 0)",
    message = "warmupFactor is where a warm-up begins; set warmupEpochs or warmupSteps too",
    fieldPath = ".warmupFactor")
public record Schedule(
    @Required
        @JsonPropertyDescription(
            "Constant; Cosine, half a cosine from the peak to minimumLearningRate over the steps after the warm-up; Step, multiplied by factor every everyEpochs epochs; Exponential, multiplied by factor every epoch.")
        Type type,
    @JsonPropertyDescription(
            "Steps over which the learning rate rises linearly: step s of w (from 1) has s/w of the peak. The Step schedule counts their epochs in.")
        @Default("0")
        @Min(0)
        @Max(10000000)
        @Nullable Integer warmupSteps,
    @JsonPropertyDescription(
            "The same in epochs, in place of warmupSteps; after it the schedule begins, as PyTorch's SequentialLR has it: Step and Exponential count their epochs from there. Absent: none.")
        @Min(0)
        @Max(100000)
        @Nullable Integer warmupEpochs,
    @JsonPropertyDescription(
            "The warm-up's first step has this part of the peak, and the step after the last one all of it: start_factor of PyTorch's LinearLR. Absent: as warmupSteps says.")
        @Min(0)
        @Max(1)
        @Nullable Double warmupFactor,
    @JsonPropertyDescription(
            "Cosine: where the rate ends, eta_min of PyTorch's CosineAnnealingLR; of both groups of a fusion. Absent: 0.")
        @Min(0)
        @Max(1000)
        @Nullable Double minimumLearningRate,
    @JsonPropertyDescription("Step: epochs between two reductions. Absent: 30.")
        @Min(1)
        @Max(100000)
        @Nullable Integer everyEpochs,
    @JsonPropertyDescription(
            "Step, Exponential: what the rate is multiplied by. Absent: 0.1 of Step; Exponential needs it.")
        @Min(value = 0, inclusive = false)
        @Max(1)
        @Nullable Double factor) {

  /** A schedule that is warmed up by steps, from nothing, and ends at nothing. */
  public Schedule(
      Type type,
      @Nullable Integer warmupSteps,
      @Nullable Integer everyEpochs,
      @Nullable Double factor) {
    this(type, warmupSteps, null, null, null, everyEpochs, factor);
  }

  /** The shape of a schedule after its warm-up. */
  public enum Type {
    @JsonProperty("Constant")
    CONSTANT,
    @JsonProperty("Cosine")
    COSINE,
    @JsonProperty("Step")
    STEP,
    @JsonProperty("Exponential")
    EXPONENTIAL
  }
}
