package training.fusion.trainer.optim;

/** The ways in which a step is made. */
enum Means {
  /** On a CPU: by the host, or by a branching program where a rule is not element by element. */
  HOST(Mask.BRANCH, true),
  /** What a rule for the host would be as a program. */
  BRANCHING_PROGRAM(Mask.BRANCH, false),
  /** On a GPU. */
  PROGRAM(Mask.ARITHMETIC, false);

  private final Mask mask;
  private final boolean onHost;

  Means(Mask mask, boolean onHost) {
    this.mask = mask;
    this.onHost = onHost;
  }

  Mask mask() {
    return mask;
  }

  boolean onHost() {
    return onHost;
  }
}
