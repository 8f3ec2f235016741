package training.fusion.api.run;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;

/** The newest checkpoint of a run. */
public record SavedCheckpoint(
    @Required @Min(0) @JsonPropertyDescription("Epochs completed.") int epoch,
    @Required @Min(0) @JsonPropertyDescription("Steps done.") long step,
    @Required @JsonPropertyDescription("Its folder, relative to the run's.") @Size(max = 512)
        String path) {}
