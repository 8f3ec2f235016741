package training.fusion.trainer.model.architecture;

/**
 * In what published versions of one architecture differ, and no tensor tells.
 *
 * @param epsilon added to the variance by every norm
 * @param padding of convolutions
 */
public record Variant(double epsilon, Padding padding) {
  /** Which zeros a convolution sees around its input. */
  public enum Padding {
    /** (kernel − 1) / 2 on every side, as PyTorch's own layers. */
    SYMMETRIC,
    /** TensorFlow's "SAME": as few as ⌈input / stride⌉ outputs need, the odd one at the end. */
    TENSORFLOW_SAME
  }
}
