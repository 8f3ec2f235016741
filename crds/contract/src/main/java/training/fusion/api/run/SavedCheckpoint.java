package training.fusion.api.run;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;

/** The newest checkpoint of a run. */
public record SavedCheckpoint(
    @JsonPropertyDescription("Epochs completed.") int epoch,
    @JsonPropertyDescription("Steps done.") long step,
    @JsonPropertyDescription("Its folder, relative to the run's.") @Size(max = 512) String path) {}
