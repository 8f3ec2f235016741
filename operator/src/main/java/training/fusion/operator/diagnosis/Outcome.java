package training.fusion.operator.diagnosis;

import java.time.Instant;
import java.util.Optional;
import training.fusion.api.run.RunResult;
import training.fusion.operator.job.JobView;
import training.fusion.operator.job.TerminationMessage;
import training.fusion.operator.job.TrainerPod;
import training.fusion.operator.resource.Refusal;
import training.fusion.operator.watch.Observation;

/** How a run ended. */
public sealed interface Outcome {
  /** What the trainer left, as far as it is known. */
  Optional<RunResult> result();

  /** When it ended. */
  Instant time();

  /**
   * Trained to the end.
   *
   * @param result empty when its message did not arrive: the last report counts then
   */
  record Succeeded(Optional<RunResult> result, Instant time) implements Outcome {}

  /** Over without a model; the message says what happened and what would help. */
  record Failed(String reason, String message, Optional<RunResult> result, Instant time)
      implements Outcome {}

  /** How the run ended, if what is seen says that it did. */
  static Optional<Outcome> of(Observation seen) {
    if (seen.pause().isPresent()) {
      return Optional.empty(); // its Job is complete, the run is not
    }
    return refused(seen)
        .or(() -> succeeded(seen))
        .or(() -> seen.job().flatMap(job -> withoutImages(seen, job)))
        .or(() -> seen.job().flatMap(job -> withoutClaim(seen, job)))
        .or(() -> seen.job().flatMap(job -> ofJob(seen, job)))
        .or(() -> JobFailure.ofVanished(seen))
        .or(() -> neverScheduled(seen))
        .or(() -> neverFurther(seen));
  }

  private static Optional<Outcome> refused(Observation seen) {
    Refusal refusal = seen.refusal();
    if (refusal != null && refusal.kind() == Refusal.Kind.NAME_TAKEN) {
      return Optional.of(failed(seen, "NameTaken", refusal.message()));
    }
    if (refusal != null && refusal.kind() == Refusal.Kind.INVALID) {
      return Optional.of(failed(seen, "JobInvalid", refusal.message()));
    }
    return Optional.empty();
  }

  // The trainer's word is enough, whatever becomes of the other containers of its pod.
  private static Optional<Outcome> succeeded(Observation seen) {
    for (TrainerPod pod : seen.runPods()) {
      Optional<RunResult> result = TerminationMessage.ofTrained(pod, seen.run());
      if (result.isPresent()) {
        return Optional.of(new Succeeded(result, pod.endedAt().orElse(seen.now())));
      }
    }
    return Optional.empty();
  }

  // Its pods find empty folders: whatever they say, this is why.
  private static Optional<Outcome> withoutImages(Observation seen, JobView job) {
    return Optional.of(job.droppedImages(seen.training()))
        .filter(images -> !images.isEmpty())
        .map(
            images ->
                failed(
                    seen,
                    "ImageVolumeUnsupported",
                    "the API server has dropped the image volume of "
                        + String.join(" and ", images)
                        + " from the Job: Kubernetes has them from 1.35 on, and before that with"
                        + " the feature gate ImageVolume of API server and kubelets; switch it on,"
                        + " or take the files from a persistentVolumeClaim, https or s3"));
  }

  // Its pods would find no GPU, or another's: whatever they say, this is why.
  private static Optional<Outcome> withoutClaim(Observation seen, JobView job) {
    return job.hasLostItsClaim(seen.training())
        ? Optional.of(
            failed(
                seen,
                "ResourceClaimUnsupported",
                "the API server has dropped the GPU's claim, spec.pod.gpu.resourceClaimTemplateName,"
                    + " from the Job: Kubernetes has dynamic resource allocation from 1.34 on, and"
                    + " before that with the feature gate DynamicResourceAllocation of all its"
                    + " parts; switch it on, or ask for the GPU by spec.pod.gpu.count"))
        : Optional.empty();
  }

  private static Optional<Outcome> ofJob(Observation seen, JobView job) {
    boolean missing = seen.isResultMissing();
    if (!seen.isOver(job) || (missing && !seen.live())) {
      return Optional.empty(); // the pods' cache may lag behind the Jobs'
    }
    if (job.failure().isPresent()) {
      return Optional.of(JobFailure.of(seen, job, job.failure().get()));
    }
    if (job.manager().isPresent() && seen.jobPods(job).isEmpty()) {
      return Optional.of(new Succeeded(Optional.empty(), seen.now())); // all that is known here
    }
    if (missing && seen.isKept()) {
      return LostResult.isEnough(seen)
          ? Optional.of(failed(seen, "NoResult", LostResult.words(seen)))
          : Optional.empty(); // the next attempt finds the result on the volume and says it again
    }
    return missing || LastReport.isAtTheEnd(seen)
        ? Optional.of(new Succeeded(Optional.empty(), seen.now()))
        : Optional.of(failed(seen, "NoResult", noResult(job)));
  }

  private static String noResult(JobView job) {
    return "the container "
        + job.image().orElse("of the Job")
        + " ended with exit code 0 and left no result in its termination message;"
        + " spec.pod.image must be a trainer of this version";
  }

  private static Optional<Outcome> neverScheduled(Observation seen) {
    Optional<TrainerPod> pod = seen.newestPod();
    if (!PendingDeadline.isOver(seen) || (pod.isEmpty() && !seen.live())) {
      return Optional.empty(); // the pods' cache may lag behind
    }
    String what =
        pod.map(
                waiting ->
                    "the pod was not scheduled within spec.runPolicy.pendingDeadlineSeconds: "
                        + PodTrouble.unschedulable(waiting))
            .orElseGet(
                () ->
                    "there was no pod within spec.runPolicy.pendingDeadlineSeconds: "
                        + NoPod.words(seen));
    return Optional.of(failed(seen, "PendingDeadlineExceeded", what));
  }

  private static Optional<Outcome> neverFurther(Observation seen) {
    return ForwardProgress.missing(seen)
        .map(trouble -> failed(seen, trouble.reason(), trouble.message()));
  }

  private static Outcome failed(Observation seen, String reason, String message) {
    return new Failed(reason, message, Optional.empty(), seen.now());
  }
}
