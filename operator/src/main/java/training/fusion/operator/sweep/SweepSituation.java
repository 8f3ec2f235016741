package training.fusion.operator.sweep;

import java.util.List;
import training.fusion.api.resource.sweep.FusionSweepStatus.State;
import training.fusion.operator.resource.Conditions.Stated;

/** What a sweep's conditions say: this is their truth table. */
enum SweepSituation {
  /** None could be started yet: something is refused, or its name is taken. */
  PENDING(State.PENDING, true, false, false, false, false),
  /** Trials run, or wait for their turn. */
  RUNNING(State.RUNNING, true, false, false, false, false),
  /** Asked to stop; some trials still save. */
  SUSPENDING(State.RUNNING, true, false, false, false, false),
  SUSPENDED(State.SUSPENDED, false, false, true, false, false),
  /** Too many trials have failed; some still run. */
  FAILING(State.RUNNING, true, false, false, false, false),
  /** Too many trials have failed, or the sweep can't be what it says. */
  FAILED(State.FAILED, false, true, false, false, true),
  SUCCEEDED(State.SUCCEEDED, false, false, false, true, false);

  private final State state;
  private final boolean reconciling;
  private final boolean stalled;
  private final boolean suspended;
  private final boolean complete;
  private final boolean failed;

  SweepSituation(
      State state,
      boolean reconciling,
      boolean stalled,
      boolean suspended,
      boolean complete,
      boolean failed) {
    this.state = state;
    this.reconciling = reconciling;
    this.stalled = stalled;
    this.suspended = suspended;
    this.complete = complete;
    this.failed = failed;
  }

  State state() {
    return state;
  }

  /**
   * The conditions.
   *
   * @param reason of those that are true
   * @param message one sentence
   */
  List<Stated> conditions(String reason, String message) {
    return List.of(
        stated("Reconciling", reconciling, reason, message),
        stated("Stalled", stalled, reason, message),
        stated("Suspended", suspended, reason, message),
        stated("Complete", complete, reason, message),
        stated("Failed", failed, reason, message));
  }

  /** The reason where no better one is known. */
  String word() {
    return name().charAt(0) + name().substring(1).toLowerCase(java.util.Locale.ROOT);
  }

  private Stated stated(String type, boolean status, String reason, String message) {
    return new Stated(type, status, status ? reason : word(), status ? message : "");
  }
}
