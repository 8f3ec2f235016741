package training.fusion.operator.status;

import java.util.Optional;
import training.fusion.operator.job.JobView;

/**
 * A Job that another controller runs ({@code spec.managedBy}; MultiKueue, in another cluster). Its
 * pods, and what they say, are not to be seen here; its own status is.
 */
final class RunElsewhere {
  private RunElsewhere() {}

  /** What is found of such a Job without a pod; empty for others. */
  static Optional<Finding> of(JobView job) {
    return job.manager()
        .map(
            manager ->
                job.hasActivePods()
                    ? finding(
                        Situation.RUN_ELSEWHERE,
                        by(manager) + "; its pod, log and reports are not seen here, its end is")
                    : finding(
                        Situation.HANDED_OVER,
                        by(manager)
                            + ", which has not started it: kubectl describe job "
                            + job.name()));
  }

  /** Words for a Job that is held back; empty for one that nobody else runs. */
  static String whoseQueue(JobView job) {
    return job.manager().map(manager -> "; " + by(manager)).orElse("");
  }

  private static String by(String manager) {
    return "Job is run by " + manager + " (spec.managedBy)";
  }

  private static Finding finding(Situation situation, String message) {
    return new Finding(situation, situation.toString(), message, null);
  }
}
