package training.fusion.operator.diagnosis;

import java.util.Optional;
import training.fusion.operator.job.JobView;

/**
 * A Job that another controller runs ({@code spec.managedBy}; MultiKueue, in another cluster). Its
 * pods, and what they say, are not to be seen here; its own status is.
 */
final class RunElsewhere {
  private RunElsewhere() {}

  /** What is found of such a Job without a pod; empty for others. */
  static Optional<Diagnosis> of(JobView job) {
    return job.manager()
        .map(
            manager ->
                job.hasActivePods()
                    ? diagnosis(
                        Situation.RUN_ELSEWHERE,
                        by(manager) + "; its pod, log and reports are not seen here, its end is")
                    : diagnosis(
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

  private static Diagnosis diagnosis(Situation situation, String message) {
    return new Diagnosis(situation, situation.toString(), message, null);
  }
}
