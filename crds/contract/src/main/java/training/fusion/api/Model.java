package training.fusion.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/** Which network is trained, and from which weights. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
    value =
        "self.architecture == 'EfficientNetV2-S' || !has(self.stochasticDepth) || self.stochasticDepth == 0.0",
    message = "stochasticDepth applies to EfficientNetV2-S only; remove it, or set it to 0",
    fieldPath = ".stochasticDepth")
public record Model(
    @Required @JsonPropertyDescription("The network.") Architecture architecture,
    @JsonPropertyDescription(
            "Probability of dropping an input of the classifier; in ViT-B-16, as torchvision's argument, of dropping an element after the position embedding, the attention and each layer of the perceptron. Absent: the architecture's own (EfficientNetV2-S 0.2, ViT-B-16 0).")
        @Min(0)
        @Max(0.95)
        @Nullable Double dropout,
    @JsonPropertyDescription(
            "Probability of skipping the last residual block; earlier blocks proportionally less (torchvision's stochastic_depth_prob). EfficientNetV2-S only. Absent: 0.2.")
        @Min(0)
        @Max(0.95)
        @Nullable Double stochasticDepth,
    @JsonPropertyDescription("Weights to start from. Absent: from scratch.")
        @Nullable Pretrained pretrained) {}
