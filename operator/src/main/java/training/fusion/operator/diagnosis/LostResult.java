package training.fusion.operator.diagnosis;

import java.util.List;
import java.util.Optional;
import training.fusion.api.resource.FusionTrainingStatus.FailureRecord;
import training.fusion.operator.job.JobView;
import training.fusion.operator.resource.Conditions;
import training.fusion.operator.watch.Observation;

/**
 * A Job that ended well, and no result of it: the pod is gone with what it said, or said nothing.
 * Where a volume keeps the result the next attempt says it again, but not for ever: what befell
 * this pod befalls the next one, too, and an image that is no trainer never says anything.
 */
final class LostResult {
  /** Attempts in a row. */
  static final int MOST = 3;

  private static final String REASON = "ResultLost";

  private LostResult() {}

  /** What is to be noted of the Job, if it is such a one. */
  static Optional<FailureRecord> of(Observation seen) {
    return seen.job()
        .filter(job -> job.failure().isEmpty() && seen.isResultMissing())
        .filter(job -> seen.live() && seen.isKept())
        .map(job -> record(seen, job));
  }

  private static FailureRecord record(Observation seen, JobView job) {
    return new FailureRecord(
        Conditions.time(seen.now()),
        job.attempt(),
        null,
        null,
        0,
        true,
        null,
        REASON,
        "Job " + job.name() + " ended well, and its result did not arrive");
  }

  static boolean isNoted(FailureRecord failure) {
    return REASON.equals(failure.reason());
  }

  /** Whether the last attempts, this one included, all ended so. */
  static boolean isEnough(Observation seen) {
    List<FailureRecord> last = FailureHistory.of(seen).last();
    return last.size() >= MOST
        && last.subList(last.size() - MOST, last.size()).stream().allMatch(LostResult::isNoted);
  }

  /** Why it is over then. */
  static String words(Observation seen) {
    return "the results of %d Jobs in a row did not arrive, though all ended well: their pods were deleted at once, or spec.pod.image is no trainer of this version; what was trained is on the checkpoint volume, in folder %s"
        .formatted(MOST, seen.run());
  }
}
