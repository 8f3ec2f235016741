package training.fusion.api.validation;

/** A text that is no resource; the message names source, line, column and what is wrong. */
public final class UnreadableResource extends RuntimeException {
  private static final long serialVersionUID = 1;

  UnreadableResource(String source, Position position, String message) {
    super(source + ":" + position + ": " + message);
  }

  UnreadableResource(String source, Position position, String message, Throwable cause) {
    super(source + ":" + position + ": " + message, cause);
  }
}
