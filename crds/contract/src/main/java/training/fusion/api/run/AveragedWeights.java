package training.fusion.api.run;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import org.jspecify.annotations.Nullable;

/**
 * What {@code training.ema} has left beside the model: the moving average of the weights.
 *
 * @param best of the epoch whose average it is
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record AveragedWeights(
    @JsonPropertyDescription("Evaluation that its epoch was chosen by.") @Nullable Metrics best,
    @JsonPropertyDescription("Its evaluation on the test images.") @Nullable Metrics test,
    @JsonPropertyDescription("The averaged weights.") @Nullable SavedModel model) {}
