package training.fusion.api;

/** Words that the rules share of which a field needs exactly one of several. */
final class ExactlyOne {
  /**
   * Who applies a file does not say which keys are to go: those of another file, or of another
   * field manager, stay on the object.
   */
  static final String LEFT_OVER =
      "; if your file has only one, the object still has another: set that to null, or kubectl"
          + " replace -f the file";

  private ExactlyOne() {}
}
