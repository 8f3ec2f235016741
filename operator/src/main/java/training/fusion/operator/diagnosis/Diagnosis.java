package training.fusion.operator.diagnosis;

import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import training.fusion.api.run.RunResult;
import training.fusion.api.run.StoppedEarly;
import training.fusion.operator.configuration.OperatorConfiguration;
import training.fusion.operator.job.JobView;
import training.fusion.operator.job.TrainerPod;
import training.fusion.operator.resource.Refusal;
import training.fusion.operator.resource.StatusSubresource;
import training.fusion.operator.watch.LingeringPod;
import training.fusion.operator.watch.Observation;

/**
 * What is found about a training.
 *
 * @param reason the reason of conditions that the table leaves open; otherwise the situation's name
 * @param message one sentence for people
 * @param until when time alone makes it another situation, if it does
 */
public record Diagnosis(
    Situation situation, String reason, String message, @Nullable Instant until) {
  /** Whoever found no word for it has the situation's. */
  public Diagnosis {
    reason = reason == null || reason.isBlank() ? situation.toString() : reason;
    message = message == null ? "" : message;
  }

  /** What is found in what is seen, where the run has not ended. */
  public static Diagnosis of(Observation seen, OperatorConfiguration.Progress reporting) {
    return UnreachableNode.of(seen)
        .orElseGet(() -> ofReachable(seen, reporting).until(UnreachableNode.expected(seen)));
  }

  /** The same in a status that lacks what the API server has refused. */
  public Diagnosis without(KubernetesClientException refusal) {
    return new Diagnosis(situation, reason, StatusSubresource.incomplete(message, refusal), until);
  }

  /** The same, but at most until then. */
  private Diagnosis until(Optional<Instant> end) {
    Instant sooner =
        Stream.of(Optional.ofNullable(until), end)
            .flatMap(Optional::stream)
            .min(Instant::compareTo)
            .orElse(null);
    return new Diagnosis(situation, reason, message, sooner);
  }

  private static Diagnosis ofReachable(Observation seen, OperatorConfiguration.Progress reporting) {
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
    Optional<Diagnosis> paused = Paused.of(seen, refused);
    if (paused.isPresent()) {
      return paused.get();
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
  public static Diagnosis of(Outcome outcome) {
    if (outcome instanceof Outcome.Failed failed) {
      return new Diagnosis(Situation.FAILED, failed.reason(), failed.message(), null);
    }
    return of(
        Situation.SUCCEEDED,
        outcome
            .result()
            .map(Diagnosis::end)
            .orElse("trained to the end; its result did not arrive, the last report counts"));
  }

  private static String end(RunResult result) {
    StoppedEarly early = result.stoppedEarly();
    return early == null
        ? "trained to the end"
        : "trained to its early end after epoch %d: nothing improved after epoch %d"
            .formatted(early.epoch(), early.bestEpoch());
  }

  private static Diagnosis of(
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
  private static Diagnosis withoutPod(Observation seen, JobView job) {
    return FailureHistory.newestOf(job, seen)
        .flatMap(
            failure ->
                FailureHistory.retryExpected(failure, seen)
                    .filter(seen.now()::isBefore)
                    .map(expected -> retrying(Trouble.of(failure), expected)))
        .orElseGet(() -> NoPod.of(seen, job));
  }

  private static Diagnosis retrying(Trouble trouble, @Nullable Instant until) {
    return new Diagnosis(Situation.RETRYING, trouble.reason(), trouble.message(), until);
  }

  private static Diagnosis of(
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
      return new Diagnosis(
          situation,
          situation.toString(),
          PodTrouble.unschedulable(pod),
          PendingDeadline.of(seen).orElse(null));
    }
    return PodTrouble.starting(pod)
        .map(t -> new Diagnosis(Situation.CANNOT_START, t.reason(), t.message(), null))
        .orElseGet(
            () ->
                of(
                    Situation.STARTING,
                    "the pod is starting on node " + pod.node() + PodTrouble.initializing(pod)));
  }

  private static Diagnosis lingering(Observation seen, LingeringPod lingering) {
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
        ? new Diagnosis(Situation.FINISHING, "Finishing", ended, next)
        : new Diagnosis(
            Situation.WAITING_FOR_CONTAINERS,
            "WaitingForContainers",
            "%s; waiting for the pod's other containers (%s), which are not the training's own; the pod is ended after %s"
                .formatted(ended, lingering.containers(), lingering.until()),
            next);
  }

  private static Diagnosis running(
      Observation seen, TrainerPod pod, OperatorConfiguration.Progress reporting) {
    if (reporting.address().isEmpty()) {
      return of(
          Situation.RUNNING,
          "the trainer is running; it has no address to report to (fusion.progress.address)");
    }
    Optional<Instant> report = LastReport.time(seen, pod);
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
        ? new Diagnosis(Situation.REPORTING, "Reporting", "the trainer is running", silentAt)
        : new Diagnosis(
            Situation.RUNNING, "Running", "the trainer is running, no report yet", silentAt);
  }

  private static Diagnosis of(Situation situation, String message) {
    return new Diagnosis(situation, situation.toString(), message, null);
  }
}
