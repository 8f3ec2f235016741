package training.fusion.operator.diagnosis;

import io.fabric8.kubernetes.api.model.PodCondition;
import java.time.Instant;
import java.util.Optional;
import training.fusion.api.resource.RunPolicy;
import training.fusion.operator.job.TrainerPod;
import training.fusion.operator.watch.Observation;

/**
 * {@code runPolicy.pendingDeadlineSeconds}: runs only while a pod waits for a node, or the Job
 * can't make one.
 */
public final class PendingDeadline {
  private PendingDeadline() {}

  /** When the patience with it ends; empty when nothing waits or there is no deadline. */
  static Optional<Instant> of(Observation seen) {
    return seen.policy()
        .map(RunPolicy::pendingDeadlineSeconds)
        .flatMap(seconds -> waitingSince(seen).map(since -> since.plusSeconds(seconds)));
  }

  /** Whether it has ended. */
  public static boolean isOver(Observation seen) {
    return of(seen).filter(end -> !seen.now().isBefore(end)).isPresent();
  }

  private static Optional<Instant> waitingSince(Observation seen) {
    return seen.newestPod()
        .filter(TrainerPod::isUnscheduled)
        .map(PendingDeadline::waitingSince)
        .or(() -> NoPod.since(seen));
  }

  private static Instant waitingSince(TrainerPod pod) {
    return pod.condition("PodScheduled", "False")
        .map(PodCondition::getLastTransitionTime)
        .map(Instant::parse)
        .orElseGet(pod::created);
  }
}
