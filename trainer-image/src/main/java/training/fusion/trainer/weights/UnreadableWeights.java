package training.fusion.trainer.weights;

/** A file that holds no weights, or more than weights; the message says what, without the file. */
public final class UnreadableWeights extends Exception {
  private static final long serialVersionUID = 1L;

  public UnreadableWeights(String message) {
    super(message);
  }

  public UnreadableWeights(String message, Throwable cause) {
    super(message, cause);
  }
}
