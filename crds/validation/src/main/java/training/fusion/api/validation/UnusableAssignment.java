package training.fusion.api.validation;

/** A field can't be set so; the message names the option, the field, and what would be right. */
public final class UnusableAssignment extends RuntimeException {
  private static final long serialVersionUID = 1;

  UnusableAssignment(String message) {
    super(message);
  }
}
