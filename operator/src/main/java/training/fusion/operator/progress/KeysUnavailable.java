package training.fusion.operator.progress;

/** The API server's signing keys or issuer could not be read. */
final class KeysUnavailable extends RuntimeException {
  private static final long serialVersionUID = 1;

  KeysUnavailable(Throwable cause) {
    super("the API server's signing keys could not be read: " + cause.getMessage(), cause);
  }
}
