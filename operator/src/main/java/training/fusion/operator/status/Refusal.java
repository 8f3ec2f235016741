package training.fusion.operator.status;

/**
 * The API server did not make the Job.
 *
 * @param message one sentence for the status
 */
public record Refusal(Kind kind, String message) {
  /** What follows from it. */
  public enum Kind {
    /** Something else has the Job's name, and keeps it. */
    NAME_TAKEN,
    /** Something else has the Job's name and is being deleted. */
    NAME_IN_USE,
    /** The Job is not valid and never will be. */
    INVALID,
    /** Not now: a quota, a webhook, a missing right. */
    REFUSED
  }
}
