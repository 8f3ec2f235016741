package training.fusion.local.node;

import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateBuilder;
import io.fabric8.kubernetes.api.model.ContainerStatusBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.PodConditionBuilder;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.api.model.PodStatusBuilder;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A pod's status as scheduler and kubelet write it. */
final class PodStatuses {
  private PodStatuses() {}

  /** No node takes it. */
  static PodStatus unschedulable(Pod pod, String message) {
    return new PodStatusBuilder()
        .withPhase("Pending")
        .withConditions(condition(pod, "PodScheduled", false, "Unschedulable", message))
        .build();
  }

  /** On a node, not started; the reason is the kubelet's, such as CreateContainerError. */
  static PodStatus waiting(Pod pod, String reason, @Nullable String message) {
    return status(
        pod,
        "Pending",
        false,
        new ContainerStateBuilder()
            .withNewWaiting()
            .withReason(reason)
            .withMessage(message)
            .endWaiting()
            .build());
  }

  static PodStatus running(Pod pod, Instant startedAt) {
    return status(
        pod, "Running", true, new ContainerStateBuilder().withNewRunning(text(startedAt)).build());
  }

  static PodStatus ended(
      Pod pod, int exitCode, @Nullable String message, Instant startedAt, Instant finishedAt) {
    return status(
        pod,
        exitCode == 0 ? "Succeeded" : "Failed",
        false,
        new ContainerStateBuilder()
            .withNewTerminated()
            .withExitCode(exitCode)
            .withReason(exitCode == 0 ? "Completed" : "Error")
            .withMessage(message)
            .withStartedAt(text(startedAt))
            .withFinishedAt(text(finishedAt))
            .endTerminated()
            .build());
  }

  /** Deleted before it ran. */
  static PodStatus neverRan() {
    return new PodStatusBuilder().withPhase("Failed").build();
  }

  private static PodStatus status(Pod pod, String phase, boolean ready, ContainerState state) {
    var container = pod.getSpec().getContainers().get(0);
    List<PodCondition> conditions = new ArrayList<>();
    conditions.add(condition(pod, "PodScheduled", true, null, null));
    conditions.add(condition(pod, "Initialized", true, null, null));
    conditions.add(condition(pod, "ContainersReady", ready, null, null));
    conditions.add(condition(pod, "Ready", ready, null, null));
    return new PodStatusBuilder()
        .withPhase(phase)
        .withStartTime(
            Optional.ofNullable(pod.getStatus())
                .map(PodStatus::getStartTime)
                .orElseGet(() -> text(Instant.now())))
        .withConditions(conditions)
        .withContainerStatuses(
            new ContainerStatusBuilder()
                .withName(container.getName())
                .withImage(container.getImage())
                .withImageID(container.getImage())
                .withReady(ready)
                .withStarted(ready)
                .withRestartCount(0)
                .withState(state)
                .build())
        .build();
  }

  private static PodCondition condition(
      Pod pod, String type, boolean holds, @Nullable String reason, @Nullable String message) {
    String value = holds ? "True" : "False";
    String since =
        Optional.ofNullable(pod.getStatus())
            .map(PodStatus::getConditions)
            .orElse(List.of())
            .stream()
            .filter(old -> old.getType().equals(type) && old.getStatus().equals(value))
            .map(PodCondition::getLastTransitionTime)
            .findFirst()
            .orElseGet(() -> text(Instant.now()));
    return new PodConditionBuilder()
        .withType(type)
        .withStatus(value)
        .withReason(reason)
        .withMessage(message)
        .withLastTransitionTime(since)
        .build();
  }

  private static String text(Instant time) {
    return time.truncatedTo(ChronoUnit.SECONDS).toString();
  }
}
