package training.fusion.operator.diagnosis;

import io.fabric8.kubernetes.api.model.batch.v1.JobCondition;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import training.fusion.api.resource.FusionTrainingStatus;
import training.fusion.api.resource.FusionTrainingStatus.FailureRecord;
import training.fusion.api.resource.RunPolicy;
import training.fusion.api.run.ExitCode;
import training.fusion.api.run.RunResult;
import training.fusion.operator.job.JobView;
import training.fusion.operator.job.TerminationMessage;
import training.fusion.operator.job.TrainerPod;
import training.fusion.operator.watch.Observation;

/** A Job that has failed, in words: what its last pod said, and why it was the last. */
final class JobFailure {
  private static final String OUT_OF_RETRIES = "BackoffLimitExceeded";

  private JobFailure() {}

  static Outcome of(Observation seen, JobView job, JobCondition condition) {
    Optional<TrainerPod> last =
        seen.jobPods(job).stream().filter(TrainerPod::hasFailed).reduce((older, newer) -> newer);
    Optional<RunResult> result = last.flatMap(pod -> TerminationMessage.of(pod, seen.run()));
    Optional<Trouble> noted = FailureHistory.newestOf(job, seen).map(Trouble::of);
    Trouble trouble =
        trouble(seen, condition, last.map(pod -> PodFailure.of(seen, pod)).or(() -> noted));
    Instant time =
        condition.getLastTransitionTime() == null
            ? seen.now()
            : Instant.parse(condition.getLastTransitionTime());
    return new Outcome.Failed(trouble.reason(), trouble.message(), result, time);
  }

  /**
   * A Job that is gone and had failed before, as its noted pods show: somebody's policy gives Jobs
   * a time to live, and another attempt would fail, and vanish, likewise.
   */
  static Optional<Outcome> ofVanished(Observation seen) {
    if (!seen.live() || seen.job().isPresent() || seen.recorded().isEmpty()) {
      return Optional.empty();
    }
    List<FailureRecord> counted = counted(seen, seen.recorded().get());
    if (counted.isEmpty()) {
      return Optional.empty();
    }
    FailureRecord last = counted.get(counted.size() - 1);
    boolean hopeless =
        Optional.ofNullable(last.exitCode())
            .flatMap(ExitCode::of)
            .filter(code -> code.retry() == ExitCode.Retry.NEVER && code != ExitCode.SUCCESS)
            .isPresent();
    boolean outOfRetries = counted.size() > backoffLimit(seen);
    if (!hopeless && !outOfRetries) {
      return Optional.empty();
    }
    Trouble noted = Trouble.of(last);
    Trouble trouble =
        hopeless
            ? noted
            : new Trouble(
                OUT_OF_RETRIES, outOfRetries(seen, noted.reason() + ": " + noted.message()));
    return Optional.of(
        new Outcome.Failed(trouble.reason(), trouble.message(), Optional.empty(), seen.now()));
  }

  private static List<FailureRecord> counted(Observation seen, FusionTrainingStatus recorded) {
    List<FailureRecord> all = recorded.failures() == null ? List.of() : recorded.failures();
    return all.stream()
        .filter(failure -> Objects.equals(failure.attempt(), seen.attempts()))
        .filter(failure -> !Boolean.TRUE.equals(failure.disruption()))
        .toList();
  }

  private static int backoffLimit(Observation seen) {
    return seen.policy().map(RunPolicy::backoffLimit).orElse(RunPolicy.BACKOFF_LIMIT);
  }

  private static String outOfRetries(Observation seen, String last) {
    return "more pods failed than spec.runPolicy.backoffLimit ("
        + backoffLimit(seen)
        + ") allows; the last one: "
        + last;
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
      case OUT_OF_RETRIES ->
          new Trouble(reason, outOfRetries(seen, last.isEmpty() ? "unknown, it is gone" : last));
      // PodFailurePolicy: exit codes for which another try gives the same; the pod says which
      default -> lastPod.orElseGet(() -> said(reason, condition));
    };
  }

  private static Trouble said(String reason, JobCondition condition) {
    String message = condition.getMessage();
    return new Trouble(reason, message == null ? "the Job has failed" : message);
  }
}
