package training.fusion.operator.job;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.ContainerStateWaiting;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.Volume;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A pod that runs the trainer, as Kubernetes describes it. The trainer's container is found by its
 * name, wherever it stands: others may be put before it.
 */
public record TrainerPod(Pod pod) {
  /** Name of the trainer's container, the only one that is ours. */
  public static final String CONTAINER = "trainer";

  /** What Kubernetes takes for a pod that does not say how long its end may take. */
  private static final long GRACE_SECONDS = 30;

  /** Types of the conditions that are read. */
  public static final Set<String> CONDITIONS = Set.of("DisruptionTarget", "PodScheduled", "Ready");

  /**
   * Oldest first. Creation times are whole seconds; of two in the same second the one that has not
   * ended is the newer, because a Job has one pod at a time.
   */
  public static final Comparator<TrainerPod> BY_AGE =
      Comparator.comparing(TrainerPod::created)
          .thenComparing(pod -> !pod.hasEnded())
          .thenComparing(TrainerPod::name);

  /** The pod's name. */
  public String name() {
    return pod.getMetadata().getName();
  }

  /** The pod's namespace. */
  public String namespace() {
    return pod.getMetadata().getNamespace();
  }

  /** The pod's uid. */
  public String uid() {
    return pod.getMetadata().getUid();
  }

  /** When the pod was made. */
  public Instant created() {
    return Instant.parse(pod.getMetadata().getCreationTimestamp());
  }

  /** Who is to find it a node. */
  public Optional<String> scheduler() {
    return Optional.ofNullable(pod.getSpec().getSchedulerName());
  }

  /** The node that it was given to, if any. */
  public @Nullable String node() {
    return pod.getSpec() == null ? null : pod.getSpec().getNodeName();
  }

  /** The container's image, or the empty string. */
  public String image() {
    return container().map(Container::getImage).orElse("");
  }

  /**
   * The container's image by its digest, as its node pulled it; empty before that, and where the
   * image has no digest because it came from no registry.
   */
  public Optional<String> imageByDigest() {
    return containerStatus()
        .map(ContainerStatus::getImageID)
        .map(id -> id.replaceFirst("^[a-z-]+://", ""))
        .filter(id -> id.contains("@sha256:"));
  }

  /** The container's memory limit, if it has one. */
  public @Nullable Quantity memoryLimit() {
    return container()
        .map(Container::getResources)
        .map(ResourceRequirements::getLimits)
        .map(limits -> limits.get("memory"))
        .orElse(null);
  }

  /** GPUs and other whole devices that the container has: what is limited and no part of a node. */
  public int gpus() {
    return container()
        .map(Container::getResources)
        .map(ResourceRequirements::getLimits)
        .map(
            limits ->
                limits.entrySet().stream()
                    .filter(limit -> limit.getKey().contains("/"))
                    .mapToInt(limit -> limit.getValue().getNumericalAmount().intValue())
                    .sum())
        .orElse(0);
  }

  /** Uid of the Job that made it, or the empty string. */
  public String jobUid() {
    return owners().stream()
        .filter(owner -> "Job".equals(owner.getKind()))
        .map(OwnerReference::getUid)
        .findFirst()
        .orElse("");
  }

  /** Whether it will run no more, with all its containers: succeeded or failed. */
  public boolean hasEnded() {
    return hasSucceeded() || hasFailed();
  }

  /** Whether it ended well. */
  public boolean hasSucceeded() {
    return "Succeeded".equals(phase());
  }

  /** Whether it ended badly. */
  public boolean hasFailed() {
    return "Failed".equals(phase());
  }

  /** Whether the trainer itself ended with 0, whatever became of the pod. */
  public boolean hasTrained() {
    return terminated()
        .map(end -> Integer.valueOf(0).equals(end.getExitCode()))
        .orElseGet(this::hasSucceeded);
  }

  /** The containers beside the trainer, in the order in which they are started. */
  public List<OtherContainer> others() {
    var spec = pod.getSpec();
    if (spec == null) {
      return List.of();
    }
    var status = pod.getStatus();
    List<ContainerStatus> ofInit = status == null ? null : status.getInitContainerStatuses();
    List<ContainerStatus> ofOrdinary = status == null ? null : status.getContainerStatuses();
    return Stream.concat(
            present(spec.getInitContainers())
                .map(it -> OtherContainer.init(it, named(it.getName(), ofInit))),
            present(spec.getContainers())
                .filter(it -> !CONTAINER.equals(it.getName()))
                .map(it -> OtherContainer.ordinary(it, named(it.getName(), ofOrdinary))))
        .toList();
  }

  /** The images that it mounts as volumes. */
  public List<Volume> imageVolumes() {
    return pod.getSpec() == null
        ? List.of()
        : present(pod.getSpec().getVolumes()).filter(it -> it.getImage() != null).toList();
  }

  /** How long its containers may take to end once they are told to. */
  public Duration gracePeriod() {
    Long seconds = pod.getSpec() == null ? null : pod.getSpec().getTerminationGracePeriodSeconds();
    return Duration.ofSeconds(Objects.requireNonNullElse(seconds, GRACE_SECONDS));
  }

  /** Whether it was taken off its node: evicted, preempted, its node drained or gone. */
  public boolean isDisrupted() {
    return condition("DisruptionTarget", "True").isPresent();
  }

  /** Whether the trainer's process is running. */
  public boolean isRunning() {
    return !hasEnded() && state().map(ContainerState::getRunning).isPresent();
  }

  /** Whether the trainer's process ever ran, whatever became of it. */
  public boolean hasBegun() {
    return isRunning() || hasTrained() || terminated().filter(TrainerPod::ran).isPresent();
  }

  // of a container that could not be started the kubelet says that it began in 1970
  private static boolean ran(ContainerStateTerminated end) {
    return end.getStartedAt() == null || Instant.parse(end.getStartedAt()).isAfter(Instant.EPOCH);
  }

  /** Since when the trainer's process has been running; when the pod was made, if it isn't said. */
  public Instant runningSince() {
    return startedAt().orElseGet(this::created);
  }

  /** When the trainer's process began, if it did. */
  public Optional<Instant> startedAt() {
    return state()
        .map(
            state ->
                state.getRunning() != null
                    ? state.getRunning().getStartedAt()
                    : state.getTerminated() != null ? state.getTerminated().getStartedAt() : null)
        .map(Instant::parse);
  }

  /**
   * When it should be gone at the latest, if it is being deleted: the grace period is over then.
   */
  public Optional<Instant> deletionDeadline() {
    return Optional.ofNullable(pod.getMetadata().getDeletionTimestamp()).map(Instant::parse);
  }

  /** Why the container has not started, if Kubernetes says so. */
  public Optional<ContainerStateWaiting> waiting() {
    return state().map(ContainerState::getWaiting);
  }

  /** How the container ended, if it did. */
  public Optional<ContainerStateTerminated> terminated() {
    return state().map(ContainerState::getTerminated);
  }

  /** When the container ended, if it did. */
  public Optional<Instant> endedAt() {
    return terminated().map(ContainerStateTerminated::getFinishedAt).map(Instant::parse);
  }

  /** Whether no node has been found for it yet. */
  public boolean isUnscheduled() {
    return !hasEnded() && (node() == null || node().isEmpty());
  }

  /** What is said of the pod as a whole, such as an eviction's cause. */
  public Optional<String> message() {
    return Optional.ofNullable(pod.getStatus()).map(status -> status.getMessage());
  }

  /** One word for the pod as a whole, such as Evicted. */
  public Optional<String> reason() {
    return Optional.ofNullable(pod.getStatus()).map(status -> status.getReason());
  }

  /** A condition with this status. */
  public Optional<PodCondition> condition(String type, String status) {
    List<PodCondition> conditions =
        pod.getStatus() == null || pod.getStatus().getConditions() == null
            ? List.of()
            : pod.getStatus().getConditions();
    return conditions.stream()
        .filter(c -> type.equals(c.getType()) && status.equals(c.getStatus()))
        .findFirst();
  }

  private Optional<Container> container() {
    return pod.getSpec() == null
        ? Optional.empty()
        : present(pod.getSpec().getContainers())
            .filter(container -> CONTAINER.equals(container.getName()))
            .findFirst();
  }

  private List<OwnerReference> owners() {
    var owners = pod.getMetadata().getOwnerReferences();
    return owners == null ? List.of() : owners;
  }

  private String phase() {
    return pod.getStatus() == null || pod.getStatus().getPhase() == null
        ? ""
        : pod.getStatus().getPhase();
  }

  private Optional<ContainerState> state() {
    return containerStatus().map(ContainerStatus::getState);
  }

  private Optional<ContainerStatus> containerStatus() {
    return Optional.ofNullable(pod.getStatus())
        .map(status -> named(CONTAINER, status.getContainerStatuses()));
  }

  private static @Nullable ContainerStatus named(
      String name, @Nullable List<ContainerStatus> statuses) {
    return present(statuses).filter(it -> name.equals(it.getName())).findFirst().orElse(null);
  }

  private static <T> Stream<T> present(@Nullable List<T> list) {
    return list == null ? Stream.of() : list.stream();
  }
}
