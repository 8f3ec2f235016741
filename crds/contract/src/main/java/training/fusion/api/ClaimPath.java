package training.fusion.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/** A folder, or for weights a file, on a PersistentVolumeClaim. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
    value =
        "!has(self.path) || (!self.path.startsWith('/') && !self.path.split('/').exists(p, p == '..'))",
    message =
        "path is relative to the volume's root; write it without a leading '/' and without '..'",
    fieldPath = ".path")
public record ClaimPath(
    @Required
        @JsonPropertyDescription("Name of the PersistentVolumeClaim.")
        @Size(min = 1, max = 253)
        @Pattern(Formats.NAME)
        String claimName,
    @JsonPropertyDescription(
            "Folder on the volume; for weights the file, or a folder with exactly one. Absent or empty: its root.")
        @Size(max = 512)
        @Nullable String path) {}
