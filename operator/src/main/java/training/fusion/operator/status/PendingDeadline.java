package training.fusion.operator.status;

import io.fabric8.kubernetes.api.model.PodCondition;
import java.time.Instant;
import java.util.Optional;
import training.fusion.api.resource.RunPolicy;
import training.fusion.operator.job.TrainerPod;

/** {@code runPolicy.pendingDeadlineSeconds}: runs only while a pod waits for a node. */
final class PendingDeadline {
  private PendingDeadline() {}

  /** When the waiting pod's patience ends; empty when none waits or there is no deadline. */
  static Optional<Instant> of(Observation seen) {
    return seen.policy()
        .map(RunPolicy::pendingDeadlineSeconds)
        .flatMap(
            seconds ->
                seen.newestPod()
                    .filter(TrainerPod::isUnscheduled)
                    .map(pod -> waitingSince(pod).plusSeconds(seconds)));
  }

  private static Instant waitingSince(TrainerPod pod) {
    return pod.condition("PodScheduled", "False")
        .map(PodCondition::getLastTransitionTime)
        .map(Instant::parse)
        .orElseGet(pod::created);
  }
}
