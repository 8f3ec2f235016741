package training.fusion.operator.diagnosis;

import io.fabric8.kubernetes.api.model.PodCondition;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;
import training.fusion.operator.job.TrainerPod;
import training.fusion.operator.watch.Observation;

/**
 * A node that does not answer for a pod any more. Its pod may train on or not: a Job makes no other
 * beside it, for ever, and nothing is force-deleted, because two pods would train one run.
 */
final class UnreachableNode {
  /** How long a node may be late with its word. */
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private UnreachableNode() {}

  /** What is found if a pod's node is silent by now. */
  static Optional<Diagnosis> of(Observation seen) {
    return seen.pods().stream()
        .filter(pod -> silentAt(pod).filter(at -> !seen.now().isBefore(at)).isPresent())
        .findFirst()
        .map(
            pod ->
                new Diagnosis(
                    Situation.NODE_UNREACHABLE,
                    Situation.NODE_UNREACHABLE.toString(),
                    message(pod),
                    null));
  }

  /** When the first pod's node will count as silent, if it says nothing until then. */
  static Optional<Instant> expected(Observation seen) {
    return seen.pods().stream().flatMap(pod -> silentAt(pod).stream()).min(Instant::compareTo);
  }

  private static Optional<Instant> silentAt(TrainerPod pod) {
    if (pod.hasEnded() || pod.isUnscheduled()) {
      return Optional.empty();
    }
    // The control plane marks the pods of a lost node, long before it deletes them. It gives no
    // reason, where a kubelet does: for another container that is not ready, say.
    Optional<Instant> lost =
        pod.isRunning()
            ? pod.condition("Ready", "False")
                .filter(ready -> ready.getReason() == null || ready.getReason().isEmpty())
                .map(PodCondition::getLastTransitionTime)
                .map(Instant::parse)
            : Optional.empty();
    return Stream.of(pod.deletionDeadline(), lost)
        .flatMap(Optional::stream)
        .map(since -> since.plus(PATIENCE))
        .min(Instant::compareTo);
  }

  private static String message(TrainerPod pod) {
    return "node %1$s does not answer for pod %2$s, and no other pod may train beside it; if the node is gone, kubectl delete node %1$s; if it is only off, kubectl taint node %1$s node.kubernetes.io/out-of-service=nodeshutdown:NoExecute"
        .formatted(pod.node(), pod.name());
  }
}
