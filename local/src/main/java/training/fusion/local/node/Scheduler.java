package training.fusion.local.node;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Volume;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Whether a pod may start on this machine now, and why not. */
public final class Scheduler {
  private static final Set<String> HERE = Set.of("cpu", "memory", "ephemeral-storage");
  private static final String GPU = "nvidia.com/gpu";

  private final Claims claims;
  private final int cores;
  private final int gpus;

  Scheduler(Claims claims, int cores, int gpus) {
    this.claims = claims;
    this.cores = cores;
    this.gpus = gpus;
  }

  /**
   * Why the pod has to wait.
   *
   * @param forEver whether only the person at this machine can change it
   */
  record Refusal(String message, boolean forEver) {}

  /**
   * @param busy pods that run on this machine already
   */
  Optional<Refusal> refusal(Pod pod, Collection<Pod> busy) {
    return device(pod)
        .or(() -> folders(pod))
        .map(message -> new Refusal(message, true))
        .or(() -> gpus(pod, busy))
        .or(() -> cores(pod, busy));
  }

  private Optional<String> device(Pod pod) {
    if (pod.getSpec().getResourceClaims() != null && !pod.getSpec().getResourceClaims().isEmpty()) {
      return Optional.of(noResourceClaims());
    }
    return asked(pod).keySet().stream()
        .filter(resource -> !isHere(resource, gpus))
        .findFirst()
        .map(Scheduler::noDevice);
  }

  /** One training at a time has the GPU. */
  private Optional<Refusal> gpus(Pod pod, Collection<Pod> busy) {
    BigDecimal asked = gpu(pod);
    if (asked.signum() == 0) {
      return Optional.empty();
    }
    if (asked.compareTo(BigDecimal.valueOf(gpus)) > 0) {
      return Optional.of(new Refusal(oneGpu(), true));
    }
    boolean taken = busy.stream().anyMatch(other -> gpu(other).signum() > 0);
    return taken
        ? Optional.of(
            new Refusal("another training has this machine's GPU; it starts after it", false))
        : Optional.empty();
  }

  private static BigDecimal gpu(Pod pod) {
    Quantity gpu = asked(pod).get(GPU);
    return gpu == null ? BigDecimal.ZERO : gpu.getNumericalAmount();
  }

  /**
   * Whether this machine has such a resource, however much of it.
   *
   * @param gpus how many GPUs it has
   */
  public static boolean isHere(String resource, int gpus) {
    return HERE.contains(resource) || (gpus > 0 && resource.equals(GPU));
  }

  /** For the end of a sentence that begins with the field that asks for a device. */
  public static String noDevice(String resource) {
    return "this machine has no %s for trainings; pod.gpu.count: 0 trains on the CPU%s"
        .formatted(
            resource,
            resource.equals(GPU)
                ? ", and ./fusion --cuda run on an NVIDIA GPU of this machine"
                : "");
  }

  /** The same where there are GPUs, and too many are asked for. */
  public static String oneGpu() {
    return "a training has one GPU here; set pod.gpu.count to 1, or 0";
  }

  /** The same of a device by a claim. */
  public static String noResourceClaims() {
    return "resource claims need a cluster; without them, pod.gpu.count: 0 trains on the CPU";
  }

  private Optional<String> folders(Pod pod) {
    Container container = pod.getSpec().getContainers().get(0);
    for (Volume volume : pod.getSpec().getVolumes()) {
      if (volume.getPersistentVolumeClaim() == null) {
        continue;
      }
      boolean readOnly =
          container.getVolumeMounts().stream()
              .filter(mount -> mount.getName().equals(volume.getName()))
              .allMatch(mount -> Boolean.TRUE.equals(mount.getReadOnly()));
      try {
        claims.folder(volume.getPersistentVolumeClaim().getClaimName(), readOnly);
      } catch (Claims.NoSuchFolder e) {
        return Optional.ofNullable(e.getMessage());
      } catch (IOException e) {
        return Optional.of(
            "claim %s: its folder can't be used: %s"
                .formatted(volume.getPersistentVolumeClaim().getClaimName(), e));
      }
    }
    return Optional.empty();
  }

  /** One pod may always run, also if it asks for more cores than there are. */
  private Optional<Refusal> cores(Pod pod, Collection<Pod> busy) {
    BigDecimal taken = busy.stream().map(Scheduler::cpu).reduce(BigDecimal.ZERO, BigDecimal::add);
    boolean fits = taken.add(cpu(pod)).compareTo(BigDecimal.valueOf(cores)) <= 0;
    return busy.isEmpty() || fits
        ? Optional.empty()
        : Optional.of(
            new Refusal(
                "all %d cores of this machine are taken by other trainings; it starts after them"
                    .formatted(cores),
                false));
  }

  /** The limit that a kubelet would set by the kernel, in whole processors; null: none. */
  @Nullable Integer processors(Pod pod) {
    var resources = pod.getSpec().getContainers().get(0).getResources();
    var limits = resources == null ? null : resources.getLimits();
    Quantity cpu = limits == null ? null : limits.get("cpu");
    if (cpu == null) {
      return null;
    }
    BigDecimal whole = cpu.getNumericalAmount().setScale(0, RoundingMode.CEILING);
    return whole.compareTo(BigDecimal.valueOf(cores)) < 0 ? Math.max(1, whole.intValue()) : null;
  }

  private static BigDecimal cpu(Pod pod) {
    Quantity cpu = asked(pod).get("cpu");
    // a pod that asks for nothing computes nevertheless
    return cpu == null ? BigDecimal.ONE : cpu.getNumericalAmount();
  }

  /** Requests, and limits where there is no request. */
  private static Map<String, Quantity> asked(Pod pod) {
    Map<String, Quantity> asked = new HashMap<>();
    var resources = pod.getSpec().getContainers().get(0).getResources();
    if (resources != null) {
      asked.putAll(Objects.requireNonNullElse(resources.getLimits(), Map.of()));
      asked.putAll(Objects.requireNonNullElse(resources.getRequests(), Map.of()));
    }
    asked.values().removeIf(quantity -> quantity.getNumericalAmount().signum() == 0);
    return asked;
  }
}
