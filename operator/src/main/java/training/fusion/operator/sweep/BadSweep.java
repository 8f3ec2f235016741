package training.fusion.operator.sweep;

import java.util.List;
import training.fusion.api.resource.sweep.FusionSweep;
import training.fusion.operator.reading.UnreadField;

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

  /** Refuses a sweep that this operator cannot read whole: it would run other trials than asked. */
  static void ifUnread(FusionSweep sweep) {
    List<UnreadField> unread = UnreadField.of(sweep);
    if (!unread.isEmpty()) {
      throw new BadSweep("Unreadable", UnreadField.sentence(unread));
    }
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
