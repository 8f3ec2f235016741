package training.fusion.trainer.optim;

/**
 * A rule's step on some floats of the host: the same arithmetic as the rule's statements, element
 * by element. Loops over plain arrays, so that the JVM makes vector instructions of them.
 */
@FunctionalInterface
interface Kernel {
  /**
   * Moves the first {@code count} elements of each array.
   *
   * @param gradients may be overwritten
   * @param slots in the order of {@link UpdateRule#slots}
   */
  void step(float[] parameters, float[] gradients, float[][] slots, int count);

  /** Weight decay as a part of the gradient. */
  static void addDecay(float[] gradients, float[] parameters, float weightDecay, int count) {
    if (weightDecay != 0) {
      for (int i = 0; i < count; i++) {
        gradients[i] += weightDecay * parameters[i];
      }
    }
  }

  /** values ·= factor. */
  static void scale(float[] values, float factor, int count) {
    if (factor != 1) {
      for (int i = 0; i < count; i++) {
        values[i] *= factor;
      }
    }
  }

  /** values −= rate · direction. */
  static void move(float[] values, float[] direction, float rate, int count) {
    for (int i = 0; i < count; i++) {
      values[i] -= rate * direction[i];
    }
  }
}
