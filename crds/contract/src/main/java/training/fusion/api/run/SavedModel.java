package training.fusion.api.run;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;

/** The trained weights. */
public record SavedModel(
    @Required
        @JsonPropertyDescription("The safetensors file, relative to the run's folder.")
        @Size(max = 512)
        String path,
    @Required @JsonPropertyDescription("SHA-256 of the file.") @Size(max = 64) String sha256) {}
