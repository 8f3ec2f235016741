package training.fusion.operator.diagnosis;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import training.fusion.operator.job.JobView;
import training.fusion.operator.resource.Refusal;
import training.fusion.operator.watch.Observation;

/** A Job that is to have a pod and has none. */
public final class NoPod {
  /** How long that may be so before it is worth a word. */
  private static final Duration EXPECTED_WITHIN = Duration.ofSeconds(30);

  private NoPod() {}

  /** Whether it is time to ask why. */
  public static boolean isFound(Observation seen) {
    return late(seen).filter(job -> !seen.now().isBefore(expected(seen, job))).isPresent();
  }

  /** Since when the Job could have made a pod; empty when it has one, or is not to. */
  static Optional<Instant> since(Observation seen) {
    return late(seen).map(job -> later(started(seen, job), retry(seen, job)));
  }

  /** The Job, where it is to have a pod and has none. */
  private static Optional<JobView> late(Observation seen) {
    return seen.suspended() || !seen.supersededJobs().isEmpty() || seen.newestPod().isPresent()
        ? Optional.empty()
        : seen.job().filter(NoPod::isAtWork);
  }

  private static boolean isAtWork(JobView job) {
    boolean here = job.manager().isEmpty(); // another controller's pods may be anywhere
    return here && !job.hasEnded() && !job.isBeingDeleted() && !job.isSuspended();
  }

  private static Instant expected(Observation seen, JobView job) {
    return later(started(seen, job).plus(EXPECTED_WITHIN), retry(seen, job));
  }

  private static Instant started(Observation seen, JobView job) {
    return later(job.started(), seen.podLost());
  }

  /** The Job waits before it tries again. */
  private static Optional<Instant> retry(Observation seen, JobView job) {
    return FailureHistory.newestOf(job, seen).flatMap(it -> FailureHistory.retryExpected(it, seen));
  }

  private static Instant later(Instant one, Optional<Instant> other) {
    return other.filter(it -> it.isAfter(one)).orElse(one);
  }

  /** What is found about it. */
  static Diagnosis of(Observation seen, JobView job) {
    Optional<Instant> deadline = PendingDeadline.of(seen);
    Instant expected = expected(seen, job);
    if (seen.now().isBefore(expected)) {
      Instant next = deadline.filter(end -> end.isBefore(expected)).orElse(expected);
      return new Diagnosis(Situation.CREATING, "Creating", "the Job makes a pod", next);
    }
    return new Diagnosis(
        Situation.NO_POD,
        Situation.NO_POD.toString(),
        words(seen),
        deadline.filter(end -> end.isAfter(seen.now())).orElse(null));
  }

  /** Why there is none, as one sentence; the Job controller's own words, where they are known. */
  static String words(Observation seen) {
    Refusal refusal = seen.refusal();
    if (refusal != null && refusal.kind() == Refusal.Kind.NO_POD) {
      return refusal.message();
    }
    String job = seen.job().map(JobView::name).orElse("");
    return seen.job().filter(JobView::makesNoPods).isPresent()
        ? "the Job makes no pod, since somebody has set its spec.parallelism to 0; set it to 1: "
            + "kubectl patch job %s --patch '{\"spec\":{\"parallelism\":1}}'".formatted(job)
        : "the Job has made no pod, and nothing is known of why: kubectl describe job " + job;
  }
}
