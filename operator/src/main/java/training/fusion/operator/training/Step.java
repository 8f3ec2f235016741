package training.fusion.operator.training;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import training.fusion.api.resource.FusionTrainingStatus;
import training.fusion.api.resource.RunPolicy;
import training.fusion.operator.diagnosis.Outcome;
import training.fusion.operator.diagnosis.PendingDeadline;
import training.fusion.operator.job.JobView;
import training.fusion.operator.job.TrainerPod;
import training.fusion.operator.resource.Conditions;
import training.fusion.operator.watch.LingeringPod;
import training.fusion.operator.watch.Observation;

/** What to do next about a training; a pure function of what is seen. */
sealed interface Step {
  /** Nothing: it goes its way, or waits for something. */
  record Rest() implements Step {}

  /** Look again at the API server itself, because what follows must not rest on a stale cache. */
  record Look() implements Step {}

  /** Clear the progress of an earlier run. */
  record Forget() implements Step {}

  /** Make the Job of this attempt. */
  record Create(int attempt) implements Step {}

  /**
   * Delete these Jobs.
   *
   * @param awaited whether the Jobs stay to be seen until their pods are gone
   */
  record Delete(List<JobView> jobs, boolean awaited) implements Step {}

  /** End a pod that other containers keep from ending, for its Job to see how the trainer ended. */
  record EndPod(LingeringPod lingering) implements Step {}

  /** The next step. */
  static Step after(Observation seen) {
    if (seen.training().isMarkedForDeletion()) {
      return new Rest(); // owner references do the rest
    }
    if (!seen.isReadable()) {
      return new Rest();
    }
    if (hasProgressOfAnotherRun(seen)) {
      return new Forget();
    }
    if (!seen.supersededJobs().isEmpty()) {
      return delete(seen.supersededJobs(), true);
    }
    if (seen.hasFinished()) {
      return afterTheEnd(seen);
    }
    if (!seen.live() && (seen.isResultMissing() || hasWaitedForItsPod(seen))) {
      return new Look();
    }
    if (Outcome.of(seen).isPresent()) {
      return new Rest(); // recorded first, before anything is deleted
    }
    Optional<JobView> job = seen.job();
    if (job.isEmpty()) {
      return seen.suspended() || seen.isPaused() ? new Rest() : create(seen);
    }
    if (isPauseUntold(seen)) {
      return new Rest(); // recorded first, too
    }
    if (seen.suspended()
        || seen.isResultMissing()
        || seen.pause().isPresent()
        || job.get().pausesTooLate(seen.training())) {
      return delete(List.of(job.get()), true);
    }
    return seen.lingering()
        .filter(it -> it.isOverdue(seen.now()) && it.pod().deletionDeadline().isEmpty())
        .<Step>map(EndPod::new)
        .orElseGet(Rest::new);
  }

  /**
   * Whether the step after this one follows without an event. The operator SDK raises none for what
   * is written by {@code resourcePatch}, nor for what changed before and is first seen meanwhile.
   *
   * @param taken the step that was taken
   * @param seen what is known after it
   * @param told whether the status was written since
   */
  static boolean goesOnAtOnce(Step taken, Observation seen, boolean told) {
    boolean justEnded = told && seen.hasFinished(); // an end is recorded before what it deletes
    boolean justPaused = told && seen.pause().isPresent(); // and so is a pause
    return taken instanceof Forget || ((justEnded || justPaused) && after(seen) instanceof Delete);
  }

  /** When the Job of a finished training is to be deleted, if ever. */
  static Optional<Instant> timeToLive(Observation seen) {
    return seen.recorded()
        .filter(status -> seen.hasFinished() && seen.job().isPresent())
        .flatMap(status -> Conditions.instant(status.completionTime()))
        .flatMap(
            ended ->
                seen.policy()
                    .map(RunPolicy::ttlSecondsAfterFinished)
                    .map(seconds -> ended.plus(Duration.ofSeconds(seconds))));
  }

  /** When the pod of a finished training is to be ended, if other containers keep it until then. */
  static Optional<Instant> lingersUntil(Observation seen) {
    return seen.lingering()
        .filter(lingering -> seen.hasFinished() && !lingering.isOverdue(seen.now()))
        .map(LingeringPod::until);
  }

  private static Step afterTheEnd(Observation seen) {
    Optional<JobView> job = seen.job();
    if (job.isEmpty()) {
      return new Rest();
    }
    if (timeToLive(seen).filter(end -> !seen.now().isBefore(end)).isPresent()) {
      return delete(List.of(job.get()), false);
    }
    boolean givenUp = seen.recorded().filter(Step::hasFailed).isPresent();
    return !job.get().hasEnded() && (givenUp || goesOnInVain(seen, job.get()))
        ? delete(List.of(job.get()), true)
        : new Rest();
  }

  /**
   * Whether the Job of a training that has succeeded does not end by itself: other containers keep
   * its pod, or have made it fail, so that the Job makes another.
   */
  private static boolean goesOnInVain(Observation seen, JobView job) {
    List<TrainerPod> pods = seen.jobPods(job);
    if (pods.stream().anyMatch(TrainerPod::hasSucceeded)) {
      return false; // it is about to be complete
    }
    List<TrainerPod> open = pods.stream().filter(pod -> !pod.hasEnded()).toList();
    boolean lingers = !open.isEmpty() && open.stream().allMatch(TrainerPod::hasTrained);
    return lingers
        ? seen.lingering().filter(it -> it.isOverdue(seen.now())).isPresent()
        : !pods.isEmpty();
  }

  private static boolean hasProgressOfAnotherRun(Observation seen) {
    FusionTrainingStatus status = seen.training().getStatus();
    return status != null
        && status.progress() != null
        && status.runKey() != null
        && seen.recorded().isEmpty();
  }

  private static boolean isPauseUntold(Observation seen) {
    return seen.pause()
        .filter(pause -> !seen.lastPause().equals(Optional.of(pause.epoch())))
        .isPresent();
  }

  private static boolean hasWaitedForItsPod(Observation seen) {
    return seen.newestPod().isEmpty() && PendingDeadline.isOver(seen);
  }

  private static boolean hasFailed(FusionTrainingStatus status) {
    return status.state() == FusionTrainingStatus.State.FAILED;
  }

  private static Step create(Observation seen) {
    return seen.live() ? new Create(seen.attempts() + 1) : new Look();
  }

  private static Step delete(List<JobView> jobs, boolean awaited) {
    List<JobView> left = jobs.stream().filter(job -> !job.isBeingDeleted()).toList();
    return left.isEmpty() ? new Rest() : new Delete(left, awaited);
  }
}
