package training.fusion.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/**
 * An update rule and its hyperparameters. A field that is absent takes PyTorch's default for the
 * type: see {@link OptimizerDefaults}.
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
    value = "self.type == 'SGD' || !has(self.momentum)",
    message = "momentum applies to SGD only; remove it, or use beta1 with Adam's family",
    fieldPath = ".momentum")
@ValidationRule(
    value = "self.type == 'SGD' || !has(self.dampening)",
    message = "dampening applies to SGD only; remove it",
    fieldPath = ".dampening")
@ValidationRule(
    value = "self.type == 'SGD' || !has(self.nesterov)",
    message = "nesterov applies to SGD only; remove it",
    fieldPath = ".nesterov")
@ValidationRule(
    value = "self.type in ['Adam', 'AdamW', 'RAdam', 'NAdam'] || !has(self.beta1)",
    message = "beta1 applies to Adam, AdamW, RAdam and NAdam; with SGD use momentum",
    fieldPath = ".beta1")
@ValidationRule(
    value = "self.type in ['Adam', 'AdamW', 'RAdam', 'NAdam'] || !has(self.beta2)",
    message = "beta2 applies to Adam, AdamW, RAdam and NAdam; remove it",
    fieldPath = ".beta2")
@ValidationRule(
    value = "self.type in ['Adam', 'AdamW', 'RAdam', 'NAdam'] || !has(self.epsilon)",
    message = "epsilon applies to Adam, AdamW, RAdam and NAdam; remove it",
    fieldPath = ".epsilon")
@ValidationRule(
    value = "self.type == 'NAdam' || !has(self.momentumDecay)",
    message = "momentumDecay applies to NAdam only; remove it",
    fieldPath = ".momentumDecay")
@ValidationRule(
    value = "self.type != 'None' || !has(self.learningRate)",
    message = "an optimizer of type None updates nothing and has no learningRate; remove it",
    fieldPath = ".learningRate")
@ValidationRule(
    value = "self.type != 'None' || !has(self.weightDecay)",
    message = "an optimizer of type None updates nothing and has no weightDecay; remove it",
    fieldPath = ".weightDecay")
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
            "Step size at the peak of the schedule. Absent: PyTorch's default for the type (SGD, Adam, AdamW, RAdam 0.001, NAdam 0.002).")
        @Min(value = 0, inclusive = false)
        @Max(1000000)
        @Nullable Double learningRate,
    @JsonPropertyDescription(
            "Weight decay: decoupled for AdamW (default 0.01), added to the gradient for the others (default 0).")
        @Min(0)
        @Max(1000)
        @Nullable Double weightDecay,
    @JsonPropertyDescription("SGD's momentum. Absent: 0.")
        @Min(0)
        @Max(value = 1, inclusive = false)
        @Nullable Double momentum,
    @JsonPropertyDescription("SGD's dampening of the momentum. Absent: 0.") @Min(0) @Max(1)
        @Nullable Double dampening,
    @JsonPropertyDescription("Nesterov's form of SGD's momentum. Absent: false.")
        @Nullable Boolean nesterov,
    @JsonPropertyDescription("Decay of Adam's first moment. Absent: 0.9.")
        @Min(0)
        @Max(value = 1, inclusive = false)
        @Nullable Double beta1,
    @JsonPropertyDescription("Decay of Adam's second moment. Absent: 0.999.")
        @Min(0)
        @Max(value = 1, inclusive = false)
        @Nullable Double beta2,
    @JsonPropertyDescription("Added to the denominator by Adam's family. Absent: 1e-8.")
        @Min(value = 0, inclusive = false)
        @Max(1)
        @Nullable Double epsilon,
    @JsonPropertyDescription("NAdam's momentum decay. Absent: 0.004.") @Min(0) @Max(1)
        @Nullable Double momentumDecay) {}
