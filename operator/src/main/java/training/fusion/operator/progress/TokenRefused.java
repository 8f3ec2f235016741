package training.fusion.operator.progress;

/** A token that proves nothing; the message says why and never contains the token. */
final class TokenRefused extends Exception {
  private static final long serialVersionUID = 1;

  TokenRefused(String message) {
    super(message);
  }
}
