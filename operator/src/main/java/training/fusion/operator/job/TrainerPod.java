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
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A pod that runs the trainer, as Kubernetes describes it. */
public record TrainerPod(Pod pod) {
  /** Name of the one container. */
  public static final String CONTAINER = "trainer";

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

  /** The pod's uid. */
  public String uid() {
    return pod.getMetadata().getUid();
  }

  /** When the pod was made. */
  public Instant created() {
    return Instant.parse(pod.getMetadata().getCreationTimestamp());
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

  /** Whether it will run no more: succeeded or failed. */
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

  /** Whether it was taken off its node: evicted, preempted, its node drained or gone. */
  public boolean isDisrupted() {
    return condition("DisruptionTarget", "True").isPresent();
  }

  /** Whether the trainer's process is running. */
  public boolean isRunning() {
    return !hasEnded() && state().map(ContainerState::getRunning).isPresent();
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
    List<Container> containers =
        pod.getSpec() == null || pod.getSpec().getContainers() == null
            ? List.of()
            : pod.getSpec().getContainers();
    return containers.stream()
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
    List<ContainerStatus> containers =
        pod.getStatus() == null || pod.getStatus().getContainerStatuses() == null
            ? List.of()
            : pod.getStatus().getContainerStatuses();
    return containers.stream()
        .filter(container -> CONTAINER.equals(container.getName()))
        .findFirst();
  }
}
