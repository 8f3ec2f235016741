package training.fusion.operator.diagnosis;

/**
 * The situations that a training can be in. What the status says in each is a row of {@code
 * conditions.csv}.
 */
public enum Situation {
  /** Its Job is being made, or has made no pod yet. */
  CREATING("Creating"),
  /** The Job has made no pod for a while. */
  NO_POD("NoPod"),
  /** An earlier run's Job has to go first. */
  REPLACING("Replacing"),
  /** The result was lost with its pod; the next attempt reads it from the volume. */
  RECOVERING_RESULT("RecoveringResult"),
  /** Something that is being deleted still has the Job's name. */
  NAME_IN_USE("NameInUse"),
  /** The API server refuses the Job for now. */
  JOB_REFUSED("JobRefused"),
  /** Another controller is to run the Job and has not begun. */
  HANDED_OVER("HandedOver"),
  /** Another controller runs the Job, and its pod is not to be seen here. */
  RUN_ELSEWHERE("RunElsewhere"),
  /** A queue, or somebody else, holds the Job back. */
  QUEUED("Queued"),
  /** No node takes the pod. */
  UNSCHEDULABLE("Unschedulable"),
  /** The pod has a node and its container is being made. */
  STARTING("Starting"),
  /** The container can't be made as things are. */
  CANNOT_START("CannotStart"),
  /** The trainer runs and has not reported yet. */
  RUNNING("Running"),
  /** The trainer runs and reports. */
  REPORTING("Reporting"),
  /** The trainer runs and has not been heard of for a while. */
  SILENT("Silent"),
  /** The pod's node does not answer any more, and only that node could end the pod. */
  NODE_UNREACHABLE("NodeUnreachable"),
  /** A pod failed and the Job will make another. */
  RETRYING("Retrying"),
  /** The pod has succeeded, its Job is not complete yet. */
  FINISHING("Finishing"),
  /** The trainer has ended, and other containers of its pod have not. */
  WAITING_FOR_CONTAINERS("WaitingForContainers"),
  /** The user wants it to stop, and it is saving. */
  SUSPENDING("Suspending"),
  /** Stopped by the user. */
  SUSPENDED("Suspended"),
  /** Its spec says to stop where it has been before, and it is saving. */
  PAUSING("Pausing"),
  /** Stopped where its spec says, until that says otherwise. */
  PAUSED("Paused"),
  /** Trained to the end. */
  SUCCEEDED("Succeeded"),
  /** Over, without a model. */
  FAILED("Failed");

  private final String label;

  Situation(String label) {
    this.label = label;
  }

  /** Its name in the table, and the usual reason of the conditions. */
  @Override
  public String toString() {
    return label;
  }
}
