package training.fusion.operator.sweep;

/** A sweep that can't be what it says; its message is one sentence for whoever wrote it. */
final class BadSweep extends RuntimeException {
  /** A trial breaks a rule of FusionTraining. */
  static final String CELL = "BadCell";

  private static final long serialVersionUID = 1;

  private final String reason;

  BadSweep(String reason, String message) {
    super(message);
    this.reason = reason;
  }

  /** One word for the condition. */
  String reason() {
    return reason;
  }

  @Override
  public String getMessage() {
    return String.valueOf(super.getMessage());
  }
}
