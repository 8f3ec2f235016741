package training.fusion.operator.diagnosis;

import java.util.List;
import java.util.Optional;
import training.fusion.api.resource.FusionTrainingStatus;
import training.fusion.api.resource.FusionTrainingStatus.Progress;
import training.fusion.api.run.RunResult;
import training.fusion.operator.job.TerminationMessage;
import training.fusion.operator.job.TrainerPod;
import training.fusion.operator.watch.Observation;

/**
 * Whether a run has begun to train: from then on it holds its spec. It has when a trainer's process
 * ran, but for those that say themselves that they ended before their first step. A pod that waits,
 * for a node, a volume or an image, has trained nothing, nor has one whose data could not be read.
 */
public final class Beginning {
  private Beginning() {}

  /** Whether the run has begun, by what is seen and what was noted before. */
  public static boolean isSeen(Observation seen) {
    List<TrainerPod> ran = seen.runPods().stream().filter(TrainerPod::hasBegun).toList();
    return ran.stream().anyMatch(pod -> !saysItTrainedNothing(pod, seen))
        || hasReported(seen)
        || isElsewhere(seen)
        || (isNoted(seen) && !areAllThatEverRan(ran, seen));
  }

  private static boolean saysItTrainedNothing(TrainerPod pod, Observation seen) {
    return TerminationMessage.of(pod, seen.run()).filter(Beginning::trainedNothing).isPresent();
  }

  private static boolean trainedNothing(RunResult result) {
    return result.failure() != null && result.step() == 0 && result.checkpoint() == null;
  }

  private static boolean hasReported(Observation seen) {
    return Optional.ofNullable(LastReport.of(seen))
        .map(Progress::step)
        .filter(step -> step > 0)
        .isPresent();
  }

  /** Of a Job that another cluster runs no pod is seen, but that there are some. */
  private static boolean isElsewhere(Observation seen) {
    return seen.job()
        .filter(job -> job.manager().isPresent())
        .filter(job -> job.hasActivePods() || job.hasEnded())
        .isPresent();
  }

  private static boolean isNoted(Observation seen) {
    return seen.recorded().map(FusionTrainingStatus::begun).filter(begun -> begun).isPresent();
  }

  /** Pods go with their Job, and what they have trained stays on the volume. */
  private static boolean areAllThatEverRan(List<TrainerPod> ran, Observation seen) {
    return !ran.isEmpty()
        && seen.attempts() <= 1
        && FailureHistory.of(seen).restarts() <= ran.size()
        && seen.recorded().map(FusionTrainingStatus::checkpoint).isEmpty();
  }
}
