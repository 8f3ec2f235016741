package training.fusion.operator.status;

import io.fabric8.kubernetes.api.model.batch.v1.JobCondition;
import java.time.Instant;
import java.util.Optional;
import training.fusion.api.resource.RunPolicy;
import training.fusion.api.run.RunResult;
import training.fusion.operator.job.JobView;
import training.fusion.operator.job.TerminationMessage;
import training.fusion.operator.job.TrainerPod;

/** A Job that has failed, in words: what its last pod said, and why it was the last. */
final class JobFailure {
  private JobFailure() {}

  static Outcome of(Observation seen, JobView job, JobCondition condition) {
    Optional<TrainerPod> last =
        seen.jobPods(job).stream().filter(TrainerPod::hasFailed).reduce((older, newer) -> newer);
    Optional<RunResult> result = last.flatMap(pod -> TerminationMessage.of(pod, seen.run()));
    Trouble trouble = trouble(seen, condition, last.map(pod -> PodFailure.of(seen, pod)));
    Instant time =
        condition.getLastTransitionTime() == null
            ? seen.now()
            : Instant.parse(condition.getLastTransitionTime());
    return new Outcome.Failed(trouble.reason(), trouble.message(), result, time);
  }

  private static Trouble trouble(
      Observation seen, JobCondition condition, Optional<Trouble> lastPod) {
    String reason = condition.getReason() == null ? "JobFailed" : condition.getReason();
    String last = lastPod.map(pod -> pod.reason() + ": " + pod.message()).orElse("");
    return switch (reason) {
      case "DeadlineExceeded" ->
          new Trouble(
              reason,
              "the Job was active longer than spec.runPolicy.activeDeadlineSeconds ("
                  + seen.policy().map(RunPolicy::activeDeadlineSeconds).orElse(0)
                  + "); raise it, train fewer epochs, or set a new spec.runId to try again");
      case "BackoffLimitExceeded" ->
          new Trouble(
              reason,
              "more pods failed than spec.runPolicy.backoffLimit ("
                  + seen.policy().map(RunPolicy::backoffLimit).orElse(RunPolicy.BACKOFF_LIMIT)
                  + ") allows; the last one: "
                  + (last.isEmpty() ? "unknown, it is gone" : last));
      // PodFailurePolicy: exit codes for which another try gives the same; the pod says which
      default -> lastPod.orElseGet(() -> said(reason, condition));
    };
  }

  private static Trouble said(String reason, JobCondition condition) {
    String message = condition.getMessage();
    return new Trouble(reason, message == null ? "the Job has failed" : message);
  }
}
