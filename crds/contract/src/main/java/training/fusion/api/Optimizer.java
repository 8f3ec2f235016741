package training.fusion.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An update rule and its hyperparameters. Which of them a type has, and the values of those that
 * are absent, its row says: {@link OptimizerType}. The schema's rules and the parts of descriptions
 * that stand in <code>${…}</code> are made from the rows.
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
    value =
        "!has(self.nesterov) || !self.nesterov || (has(self.momentum) && self.momentum > 0.0 && (!has(self.dampening) || self.dampening == 0.0))",
    message =
        "nesterov needs a momentum above 0 and no dampening; set momentum, or remove nesterov",
    fieldPath = ".nesterov")
public record Optimizer(
    @Required @JsonPropertyDescription("The update rule; None freezes the blocks.")
        OptimizerType type,
    @JsonPropertyDescription(
            "Step size at the peak of the schedule. Absent: PyTorch's default for the type (${defaults}).")
        @Min(value = 0, inclusive = false)
        @Max(1000000)
        @Nullable Double learningRate,
    @JsonPropertyDescription(
            "Weight decay, added to the gradient, or decoupled from it where the type's own is. Absent: ${defaults}.")
        @Min(0)
        @Max(1000)
        @Nullable Double weightDecay,
    @JsonPropertyDescription("Momentum (${types}). Absent: ${defaults}.")
        @Min(0)
        @Max(value = 1, inclusive = false)
        @Nullable Double momentum,
    @JsonPropertyDescription("Dampening of the momentum (${types}). Absent: ${defaults}.")
        @Min(0)
        @Max(1)
        @Nullable Double dampening,
    @JsonPropertyDescription("Nesterov's form of momentum (${types}). Absent: ${defaults}.")
        @Nullable Boolean nesterov,
    @JsonPropertyDescription("Decay of the first moment (${types}). Absent: ${defaults}.")
        @Min(0)
        @Max(value = 1, inclusive = false)
        @Nullable Double beta1,
    @JsonPropertyDescription("Decay of the second moment (${types}). Absent: ${defaults}.")
        @Min(0)
        @Max(value = 1, inclusive = false)
        @Nullable Double beta2,
    @JsonPropertyDescription("Added to the denominator (${types}). Absent: ${defaults}.")
        @Min(value = 0, inclusive = false)
        @Max(1)
        @Nullable Double epsilon,
    @JsonPropertyDescription("Decay of the momentum (${types}). Absent: ${defaults}.")
        @Min(0)
        @Max(1)
        @Nullable Double momentumDecay,
    @JsonPropertyDescription(
            "Whether weight decay shrinks the parameters themselves, as AdamW's (${types}). Absent: ${defaults}.")
        @Nullable Boolean decoupledWeightDecay,
    @JsonPropertyDescription(
            "Whether the second moment that is divided by never falls (${types}). Absent: ${defaults}.")
        @Nullable Boolean amsgrad,
    @JsonPropertyDescription("Decay of the means of squares (${types}). Absent: ${defaults}.")
        @Min(0)
        @Max(value = 1, inclusive = false)
        @Nullable Double rho,
    @JsonPropertyDescription(
            "Decay of the mean of squares; of ASGD the power in the fall of the rate (${types}). Absent: ${defaults}.")
        @Min(0)
        @Max(value = 1, inclusive = false)
        @Nullable Double alpha,
    @JsonPropertyDescription(
            "Whether the gradient is divided by its deviation, not by the root of its mean square (${types}). Absent: ${defaults}.")
        @Nullable Boolean centered,
    @JsonPropertyDescription(
            "The rate is learningRate / (1 + (step - 1) · this), times the schedule (${types}). Absent: ${defaults}.")
        @Min(0)
        @Max(1000)
        @Nullable Double learningRateDecay,
    @JsonPropertyDescription("What the sum of squares begins with (${types}). Absent: ${defaults}.")
        @Min(0)
        @Max(1000000)
        @Nullable Double initialAccumulatorValue,
    @JsonPropertyDescription(
            "What the parameters shrink by, times the rate, and the rate falls by (${types}; PyTorch's lambd). Absent: ${defaults}.")
        @Min(0)
        @Max(1)
        @Nullable Double lambda,
    @JsonPropertyDescription(
            "Step after which the average of the parameters begins, which is kept in the optimizer's state only (${types}). Absent: ${defaults}.")
        @Min(0)
        @Max(1000000000)
        @Nullable Double t0,
    @JsonPropertyDescription(
            "Cuts the gradients of its own blocks to this norm before the step; 0 does not (${types}). Absent: ${defaults}.")
        @Min(0)
        @Max(1000000)
        @Nullable Double maxGradNorm,
    @JsonPropertyDescription(
            "Whether no tensor's step becomes longer than Adam's (${types}). Absent: ${defaults}.")
        @Nullable Boolean trustClip,
    @JsonPropertyDescription(
            "Whether tensors without weight decay get a step as long as themselves, too (${types}). Absent: ${defaults}.")
        @Nullable Boolean alwaysAdapt,
    @JsonPropertyDescription(
            "Whether the batch norms of frozen blocks normalize by the running statistics that they have, which then stay as they are, as PyTorch's after eval(); false: by the batch, and their statistics still move, as PyTorch's in train mode (${types}). Absent: ${defaults}.")
        @Nullable Boolean frozenStatistics) {

  /** A type with these of its fields; the others are absent. */
  public static Optimizer of(OptimizerType type, Map<Hyperparameter, Object> stated) {
    return new Optimizer(
        type,
        (Double) stated.get(Hyperparameter.LEARNING_RATE),
        (Double) stated.get(Hyperparameter.WEIGHT_DECAY),
        (Double) stated.get(Hyperparameter.MOMENTUM),
        (Double) stated.get(Hyperparameter.DAMPENING),
        (Boolean) stated.get(Hyperparameter.NESTEROV),
        (Double) stated.get(Hyperparameter.BETA1),
        (Double) stated.get(Hyperparameter.BETA2),
        (Double) stated.get(Hyperparameter.EPSILON),
        (Double) stated.get(Hyperparameter.MOMENTUM_DECAY),
        (Boolean) stated.get(Hyperparameter.DECOUPLED_WEIGHT_DECAY),
        (Boolean) stated.get(Hyperparameter.AMSGRAD),
        (Double) stated.get(Hyperparameter.RHO),
        (Double) stated.get(Hyperparameter.ALPHA),
        (Boolean) stated.get(Hyperparameter.CENTERED),
        (Double) stated.get(Hyperparameter.LEARNING_RATE_DECAY),
        (Double) stated.get(Hyperparameter.INITIAL_ACCUMULATOR_VALUE),
        (Double) stated.get(Hyperparameter.LAMBDA),
        (Double) stated.get(Hyperparameter.T0),
        (Double) stated.get(Hyperparameter.MAX_GRAD_NORM),
        (Boolean) stated.get(Hyperparameter.TRUST_CLIP),
        (Boolean) stated.get(Hyperparameter.ALWAYS_ADAPT),
        (Boolean) stated.get(Hyperparameter.FROZEN_STATISTICS));
  }

  /** The same with every field that its type has filled in, and no other. */
  public Optimizer resolved() {
    var values = new EnumMap<Hyperparameter, Object>(Hyperparameter.class);
    type.defaults()
        .forEach(
            (field, otherwise) ->
                values.put(field, Objects.requireNonNullElse(field.of(this), otherwise)));
    return of(type, values);
  }
}
