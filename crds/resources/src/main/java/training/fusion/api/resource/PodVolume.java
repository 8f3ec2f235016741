package training.fusion.api.resource;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.ConfigMapVolumeSource;
import io.fabric8.kubernetes.api.model.EmptyDirVolumeSource;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimVolumeSource;
import io.fabric8.kubernetes.api.model.SecretVolumeSource;
import org.jspecify.annotations.Nullable;
import training.fusion.api.Formats;

/** A volume of the user's: the kinds that Pod Security "restricted" and our promises allow. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
    value =
        "[has(self.configMap), has(self.secret), has(self.persistentVolumeClaim), has(self.emptyDir)].exists_one(x, x)",
    message = "a volume needs exactly one of configMap, secret, persistentVolumeClaim, emptyDir")
@ValidationRule(
    value = "!self.name.startsWith('fusion-')",
    message = "volume names beginning with fusion- are the operator's; choose another",
    fieldPath = ".name")
public record PodVolume(
    @Required
        @JsonPropertyDescription("Name that volumeMounts refer to.")
        @Size(min = 1, max = 63)
        @Pattern(Formats.DNS_LABEL)
        String name,
    @JsonPropertyDescription("Files from a ConfigMap.") @Nullable ConfigMapVolumeSource configMap,
    @JsonPropertyDescription("Files from a Secret.") @Nullable SecretVolumeSource secret,
    @JsonPropertyDescription("A claim of the same namespace.")
        @Nullable PersistentVolumeClaimVolumeSource persistentVolumeClaim,
    @JsonPropertyDescription("Scratch space.") @Nullable EmptyDirVolumeSource emptyDir) {}
