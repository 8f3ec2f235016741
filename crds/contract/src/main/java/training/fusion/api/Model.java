package training.fusion.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import org.jspecify.annotations.Nullable;

/** Which network is trained, and from which weights. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Model(
    @Required @JsonPropertyDescription("The network.") Architecture architecture,
    @JsonPropertyDescription(
            "Probability of dropping an input of the classifier; in a vision transformer, as torchvision's argument, of dropping an element after the position embedding, the attention and each layer of the perceptron. Absent: the architecture's own (${defaults}).")
        @Min(0)
        @Max(0.95)
        @Nullable Double dropout,
    @JsonPropertyDescription(
            "Probability of skipping the last residual block; earlier blocks proportionally less (torchvision's stochastic_depth_prob). Absent: the architecture's own (${defaults}); the others have none.")
        @Min(0)
        @Max(0.95)
        @Nullable Double stochasticDepth,
    @JsonPropertyDescription("Weights to start from. Absent: from scratch.")
        @Nullable Pretrained pretrained) {}
