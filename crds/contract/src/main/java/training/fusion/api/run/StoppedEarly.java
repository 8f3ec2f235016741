package training.fusion.api.run;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;

/** What {@code training.earlyStopping} did. */
public record StoppedEarly(
    @Required @Min(0) @JsonPropertyDescription("The last epoch that was trained.") int epoch,
    @Required @Min(0) @JsonPropertyDescription("The epoch after which nothing improved.")
        int bestEpoch) {}
