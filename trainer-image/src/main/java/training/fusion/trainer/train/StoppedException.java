package training.fusion.trainer.train;

/** The process was asked to end, and every step that was begun is finished. */
final class StoppedException extends Exception {
  private static final long serialVersionUID = 1L;
}
