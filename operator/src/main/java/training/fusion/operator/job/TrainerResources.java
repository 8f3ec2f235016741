package training.fusion.operator.job;

import io.fabric8.kubernetes.api.model.PodResourceClaim;
import io.fabric8.kubernetes.api.model.PodResourceClaimBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.ResourceRequirementsBuilder;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import training.fusion.api.resource.PodSettings;

/** The trainer's share of a node. */
final class TrainerResources {
  private static final String DEFAULT_GPU = "nvidia.com/gpu";
  private static final String CLAIM = "fusion-gpu";

  // without requests a pod is the first to be evicted; beside a GPU the pictures' decoding needs
  // the cores
  private static final Map<String, Quantity> BESIDE_A_GPU =
      Map.of("cpu", new Quantity("8"), "memory", new Quantity("16Gi"));
  private static final Map<String, Quantity> ON_THE_CPU =
      Map.of("cpu", new Quantity("1"), "memory", new Quantity("4Gi"));

  private TrainerResources() {}

  /** GPUs that the pod gets: 0 or 1. */
  static int gpuCount(PodSettings settings) {
    var gpu = settings.gpu();
    return gpu == null || gpu.resourceClaimTemplateName() != null || gpu.count() == null
        ? 1
        : gpu.count();
  }

  /** Requests and limits of the container, the GPU among them. */
  static ResourceRequirements of(PodSettings settings) {
    int gpus = gpuCount(settings);
    var resources =
        settings.resources() == null
            ? new ResourceRequirementsBuilder().withRequests(gpus > 0 ? BESIDE_A_GPU : ON_THE_CPU)
            : new ResourceRequirementsBuilder(settings.resources());
    if (claimTemplate(settings) != null) {
      resources.addNewClaim().withName(CLAIM).endClaim();
    } else if (gpus > 0) {
      resources.addToLimits(gpuResource(settings), new Quantity(String.valueOf(gpus)));
    }
    return resources.build();
  }

  /** The pod's claims for devices: one, where the training asks for a claim template. */
  static List<PodResourceClaim> claims(PodSettings settings) {
    String template = claimTemplate(settings);
    return template == null
        ? List.of()
        : List.of(
            new PodResourceClaimBuilder()
                .withName(CLAIM)
                .withResourceClaimTemplateName(template)
                .build());
  }

  private static @Nullable String claimTemplate(PodSettings settings) {
    return settings.gpu() == null ? null : settings.gpu().resourceClaimTemplateName();
  }

  private static String gpuResource(PodSettings settings) {
    return settings.gpu() == null || settings.gpu().resourceName() == null
        ? DEFAULT_GPU
        : settings.gpu().resourceName();
  }
}
