package training.fusion.trainer.weights;

/** A file that holds no weights, or more than weights; the message says what, without the file. */
final class UnreadableWeights extends Exception {
  private static final long serialVersionUID = 1L;

  UnreadableWeights(String message) {
    super(message);
  }

  UnreadableWeights(String message, Throwable cause) {
    super(message, cause);
  }
}
