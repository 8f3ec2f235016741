package training.fusion.api.resource;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.Affinity;
import io.fabric8.kubernetes.api.model.EnvFromSource;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.LocalObjectReference;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.Toleration;
import io.fabric8.kubernetes.api.model.VolumeMount;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import training.fusion.api.Formats;

/** Where and as what the trainer's pod runs. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
    value = "!has(self.labels) || self.labels.all(k, !k.startsWith('fusion.training/'))",
    message = "labels beginning with fusion.training/ are the operator's; choose another prefix",
    fieldPath = ".labels")
@ValidationRule(
    value = "!has(self.labels) || self.labels.all(k, k.matches(r'" + Formats.LABEL_KEY + "'))",
    message =
        "labels: a key is letters, digits, '-', '_' and '.', before it a domain and '/' or not; correct it",
    fieldPath = ".labels")
@ValidationRule(
    value =
        "!has(self.nodeSelector) || self.nodeSelector.all(k, k.matches(r'"
            + Formats.LABEL_KEY
            + "'))",
    message =
        "nodeSelector: a key is letters, digits, '-', '_' and '.', before it a domain and '/' or not; correct it",
    fieldPath = ".nodeSelector")
@ValidationRule(
    value =
        "!has(self.annotations) || self.annotations.all(k, k.matches(r'"
            + Formats.LABEL_KEY
            + "'))",
    message =
        "annotations: a key is letters, digits, '-', '_' and '.', before it a domain and '/' or not; correct it",
    fieldPath = ".annotations")
@ValidationRule(
    value =
        "!has(self.resources) || [has(self.resources.limits) ? self.resources.limits : {}, has(self.resources.requests) ? self.resources.requests : {}].all(m, m.all(k, k.matches(r'"
            + Formats.LABEL_KEY
            + "')))",
    message = "resources: a key is a resource's name, such as memory or nvidia.com/gpu; correct it",
    fieldPath = ".resources")
@ValidationRule(
    value = "!has(self.env) || self.env.all(e, !e.name.startsWith('FUSION_'))",
    message = "variables beginning with FUSION_ are the operator's; choose another name",
    fieldPath = ".env")
@ValidationRule(
    value =
        "!has(self.volumes) || self.volumes.all(v, self.volumes.exists_one(w, w.name == v.name))",
    message = "two volumes have the same name; rename one",
    fieldPath = ".volumes")
@ValidationRule(
    value =
        "!has(self.volumeMounts) || self.volumeMounts.all(m, has(self.volumes) && self.volumes.exists(v, v.name == m.name))",
    message = "volumeMounts names a volume that pod.volumes does not have; add it there",
    fieldPath = ".volumeMounts")
@ValidationRule(
    value =
        "!has(self.volumeMounts) || self.volumeMounts.all(m, m.mountPath.startsWith('/') && m.mountPath != '/' && !(m.mountPath + '/').startsWith('/fusion/'))",
    message =
        "a mountPath is absolute, not / itself, and not in /fusion, which is the operator's; choose another",
    fieldPath = ".volumeMounts")
public record PodSettings(
    @JsonPropertyDescription("Trainer image. Absent: the operator's configured one.")
        @Size(max = 512)
        @Nullable String image,
    @JsonPropertyDescription("The device that trains.")
        @Default("{\"resourceName\": \"nvidia.com/gpu\", \"count\": 1}")
        @Nullable Gpu gpu,
    @JsonPropertyDescription(
            "Requests and limits of the trainer's container. Absent: cpu and memory requests fit for a GPU or a CPU.")
        @Nullable ResourceRequirements resources,
    @JsonPropertyDescription("RuntimeClass, such as nvidia where a cluster needs it.")
        @Size(max = 253)
        @Pattern(Formats.NAME)
        @Nullable String runtimeClassName,
    @JsonPropertyDescription("Labels that a node must have.") @Size(max = 32)
        @Nullable Map<String, @Size(max = 63) @Pattern(Formats.LABEL_VALUE) String> nodeSelector,
    @JsonPropertyDescription("Taints that are tolerated.") @Size(max = 32)
        @Nullable List<Toleration> tolerations,
    @JsonPropertyDescription(
            "Scheduling preferences. A change is not refused, and is not acted on until the next run.")
        @Mutable
        @Nullable Affinity affinity,
    @JsonPropertyDescription(
            "Scheduler that places the pod, such as volcano. Absent: the cluster's default.")
        @Size(max = 253)
        @Pattern(Formats.NAME)
        @Nullable String schedulerName,
    @JsonPropertyDescription("PriorityClass of the pod.")
        @Size(max = 253)
        @Pattern(Formats.NAME_OR_EMPTY)
        @Nullable String priorityClassName,
    @JsonPropertyDescription(
            "Service account of the pod; no token of it is mounted. Absent: the namespace's default.")
        @Size(max = 253)
        @Pattern(Formats.NAME_OR_EMPTY)
        @Nullable String serviceAccountName,
    @JsonPropertyDescription("Secrets to pull the image with.") @Size(max = 8)
        @Nullable List<LocalObjectReference> imagePullSecrets,
    @JsonPropertyDescription("Labels for Job and pod, besides the operator's own.") @Size(max = 64)
        @Nullable Map<String, @Size(max = 63) @Pattern(Formats.LABEL_VALUE) String> labels,
    @JsonPropertyDescription("Annotations for the pod.") @Size(max = 64)
        @Nullable Map<String, @Size(max = 4096) String> annotations,
    @JsonPropertyDescription("Users and groups; all else is fixed to Pod Security 'restricted'.")
        @Nullable PodUser securityContext,
    @JsonPropertyDescription("Environment variables; names beginning with FUSION_ are ours.")
        @Size(max = 64)
        @Nullable List<EnvVar> env,
    @JsonPropertyDescription("Environment variables from ConfigMaps and Secrets.") @Size(max = 16)
        @Nullable List<EnvFromSource> envFrom,
    @JsonPropertyDescription("Volumes besides the operator's own.") @Size(max = 16)
        @Nullable List<PodVolume> volumes,
    @JsonPropertyDescription("Where those volumes are mounted; /fusion is ours.") @Size(max = 16)
        @Nullable List<VolumeMount> volumeMounts) {

  /** The device that trains. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @ValidationRule(
      value = "!has(self.count) || self.count > 0 || !has(self.resourceClaimTemplateName)",
      message =
          "count 0 trains on the CPU and uses no resourceClaimTemplateName; remove it, or set count to 1",
      fieldPath = ".resourceClaimTemplateName")
  public record Gpu(
      @JsonPropertyDescription("Extended resource that stands for a GPU.")
          @Default("nvidia.com/gpu")
          @Size(max = 253)
          @Pattern(Formats.LABEL_KEY)
          @Nullable String resourceName,
      @JsonPropertyDescription("1 trains on a GPU, 0 on the CPU.") @Default("1") @Min(0) @Max(1)
          @Nullable Integer count,
      @JsonPropertyDescription(
              "ResourceClaimTemplate (dynamic resource allocation) to use instead of the extended resource.")
          @Size(max = 253)
          @Pattern(Formats.NAME)
          @Nullable String resourceClaimTemplateName) {}

  /** The parts of a pod's security context that are a user's. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record PodUser(
      @JsonPropertyDescription("Absent: the image's own.") @Min(1) @Max(2147483647)
          @Nullable Long runAsUser,
      @JsonPropertyDescription("Absent: the image's own.") @Min(1) @Max(2147483647)
          @Nullable Long runAsGroup,
      @JsonPropertyDescription(
              "Group that owns volumes. Absent: as the operator is configured, by itself 65532.")
          @Min(1)
          @Max(2147483647)
          @Nullable Long fsGroup,
      @JsonPropertyDescription("Further groups.") @Size(max = 32)
          @Nullable List<@Min(1) @Max(2147483647) Long> supplementalGroups) {}
}
