package training.fusion.operator.status;

import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import training.fusion.api.resource.FusionTrainingStatus.Progress;
import training.fusion.api.run.RunResult;
import training.fusion.api.run.StoppedEarly;
import training.fusion.operator.OperatorConfiguration;
import training.fusion.operator.job.JobView;
import training.fusion.operator.job.TrainerPod;

/**
 * What is found about a training.
 *
 * @param reason the reason of conditions that the table leaves open; otherwise the situation's name
 * @param message one sentence for people
 * @param until when time alone makes it another situation, if it does
 */
record Finding(Situation situation, String reason, String message, @Nullable Instant until) {
  /** Whoever found no word for it has the situation's. */
  Finding {
    reason = reason == null || reason.isBlank() ? situation.toString() : reason;
    message = message == null ? "" : message;
  }

  /** What is found in what is seen, where the run has not ended. */
  static Finding of(Observation seen, OperatorConfiguration.Progress reporting) {
    return UnreachableNode.of(seen)
        .orElseGet(() -> ofReachable(seen, reporting).until(UnreachableNode.expected(seen)));
  }

  /** The same in a status that lacks what the API server has refused. */
  Finding without(KubernetesClientException refusal) {
    return new Finding(situation, reason, StatusSubresource.incomplete(message, refusal), until);
  }

  /** The same, but at most until then. */
  private Finding until(Optional<Instant> end) {
    Instant sooner =
        Stream.of(Optional.ofNullable(until), end)
            .flatMap(Optional::stream)
            .min(Instant::compareTo)
            .orElse(null);
    return new Finding(situation, reason, message, sooner);
  }

  private static Finding ofReachable(Observation seen, OperatorConfiguration.Progress reporting) {
    Refusal refusal = seen.refusal();
    Optional<String> refused = Optional.ofNullable(refusal).map(Refusal::message);
    if (!seen.supersededJobs().isEmpty()) {
      return of(Situation.REPLACING, refused.orElse("the Job of the run before is being deleted"));
    }
    if (seen.suspended()) {
      return seen.job().isPresent()
          ? of(Situation.SUSPENDING, refused.orElse("the trainer saves a checkpoint and stops"))
          : of(Situation.SUSPENDED, "spec.suspend is true; set it to false to go on");
    }
    if (refusal != null && refusal.kind() != Refusal.Kind.NO_POD) {
      return of(
          refusal.kind() == Refusal.Kind.NAME_IN_USE
              ? Situation.NAME_IN_USE
              : Situation.JOB_REFUSED,
          refusal.message());
    }
    return seen.job()
        .map(job -> of(seen, job, reporting))
        .orElseGet(() -> of(Situation.CREATING, "the Job is being made"));
  }

  /** What is found when a run is over. */
  static Finding of(Outcome outcome) {
    if (outcome instanceof Outcome.Failed failed) {
      return new Finding(Situation.FAILED, failed.reason(), failed.message(), null);
    }
    return of(
        Situation.SUCCEEDED,
        outcome
            .result()
            .map(Finding::end)
            .orElse("trained to the end; its result did not arrive, the last report counts"));
  }

  private static String end(RunResult result) {
    StoppedEarly early = result.stoppedEarly();
    return early == null
        ? "trained to the end"
        : "trained to its early end after epoch %d: nothing improved after epoch %d"
            .formatted(early.epoch(), early.bestEpoch());
  }

  private static Finding of(
      Observation seen, JobView job, OperatorConfiguration.Progress reporting) {
    if (job.isComplete()) {
      return of(
          Situation.RECOVERING_RESULT,
          "the trainer has ended and its result did not arrive; another pod reads it from the"
              + " checkpoint volume");
    }
    if (job.isBeingDeleted()) {
      return of(Situation.CREATING, "the Job was deleted; another one goes on when it is gone");
    }
    if (job.isSuspended()) {
      return of(
          Situation.QUEUED,
          "the Job is suspended, by a queue or by hand" + RunElsewhere.whoseQueue(job));
    }
    return seen.newestPod()
        .map(pod -> of(seen, pod, reporting))
        .or(() -> RunElsewhere.of(job))
        .orElseGet(() -> withoutPod(seen, job));
  }

  // The Job waits before it tries again, and the pod that failed may be gone: we end some
  // ourselves.
  private static Finding withoutPod(Observation seen, JobView job) {
    return Failures.newestOf(job, seen)
        .flatMap(
            failure ->
                Failures.retryExpected(failure, seen)
                    .filter(seen.now()::isBefore)
                    .map(expected -> retrying(Trouble.of(failure), expected)))
        .orElseGet(() -> NoPod.of(seen, job));
  }

  private static Finding retrying(Trouble trouble, @Nullable Instant until) {
    return new Finding(Situation.RETRYING, trouble.reason(), trouble.message(), until);
  }

  private static Finding of(
      Observation seen, TrainerPod pod, OperatorConfiguration.Progress reporting) {
    if (pod.hasSucceeded()) {
      return of(Situation.FINISHING, "the trainer has ended");
    }
    if (pod.hasFailed()) {
      return retrying(PodFailure.of(seen, pod), null);
    }
    if (pod.isRunning()) {
      return running(seen, pod, reporting);
    }
    Optional<LingeringPod> lingering = LingeringPod.of(pod);
    if (lingering.isPresent()) {
      return lingering(seen, lingering.get());
    }
    if (pod.isUnscheduled()) {
      Situation situation =
          pod.condition("PodScheduled", "False").isPresent()
              ? Situation.UNSCHEDULABLE
              : Situation.CREATING;
      return new Finding(
          situation,
          situation.toString(),
          PodTrouble.unschedulable(pod),
          PendingDeadline.of(seen).orElse(null));
    }
    return PodTrouble.starting(pod)
        .map(t -> new Finding(Situation.CANNOT_START, t.reason(), t.message(), null))
        .orElseGet(
            () ->
                of(
                    Situation.STARTING,
                    "the pod is starting on node " + pod.node() + PodTrouble.initializing(pod)));
  }

  private static Finding lingering(Observation seen, LingeringPod lingering) {
    TrainerPod pod = lingering.pod();
    String ended =
        "the trainer has ended"
            + pod.terminated()
                .map(ContainerStateTerminated::getExitCode)
                .filter(code -> code != 0)
                .map(code -> " with exit code " + code)
                .orElse("");
    Instant next = lingering.isOverdue(seen.now()) ? null : lingering.until();
    return lingering.containers().isEmpty()
        ? new Finding(Situation.FINISHING, "Finishing", ended, next)
        : new Finding(
            Situation.WAITING_FOR_CONTAINERS,
            "WaitingForContainers",
            "%s; waiting for the pod's other containers (%s), which are not the training's own; the pod is ended after %s"
                .formatted(ended, lingering.containers(), lingering.until()),
            next);
  }

  private static Finding running(
      Observation seen, TrainerPod pod, OperatorConfiguration.Progress reporting) {
    if (reporting.address().isEmpty()) {
      return of(
          Situation.RUNNING,
          "the trainer is running; it has no address to report to (fusion.progress.address)");
    }
    Optional<Instant> report = lastReport(seen, pod);
    Instant silentAt = report.orElse(pod.runningSince()).plus(reporting.silence());
    if (!seen.now().isBefore(silentAt)) {
      return of(
          Situation.SILENT,
          "no report for "
              + reporting.silence().toSeconds()
              + " s; a NetworkPolicy or firewall must let the pod reach "
              + reporting.address().get());
    }
    return report.isPresent()
        ? new Finding(Situation.REPORTING, "Reporting", "the trainer is running", silentAt)
        : new Finding(
            Situation.RUNNING, "Running", "the trainer is running, no report yet", silentAt);
  }

  private static Optional<Instant> lastReport(Observation seen, TrainerPod pod) {
    Progress progress =
        seen.training().getStatus() == null ? null : seen.training().getStatus().progress();
    return progress == null || !pod.uid().equals(progress.podUid())
        ? Optional.empty()
        : Conditions.instant(progress.lastReportTime());
  }

  private static Finding of(Situation situation, String message) {
    return new Finding(situation, situation.toString(), message, null);
  }
}
