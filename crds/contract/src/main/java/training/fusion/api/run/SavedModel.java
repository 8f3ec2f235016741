package training.fusion.api.run;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;

/** The trained weights. */
public record SavedModel(
    @JsonPropertyDescription("The safetensors file, relative to the run's folder.") String path,
    @JsonPropertyDescription("SHA-256 of the file.") String sha256) {}
