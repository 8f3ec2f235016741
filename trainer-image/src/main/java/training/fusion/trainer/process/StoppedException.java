package training.fusion.trainer.process;

/** The process was asked to end, and every step that was begun is finished. */
public final class StoppedException extends Exception {
  private static final long serialVersionUID = 1L;
}
