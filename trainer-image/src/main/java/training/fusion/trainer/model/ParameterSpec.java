package training.fusion.trainer.model;

import ai.djl.ndarray.types.Shape;

/**
 * A trainable tensor.
 *
 * @param name torchvision's name in the {@code state_dict}
 * @param shape its extents; convolutions are [out, in / groups, height, width]
 * @param block the block it belongs to; the head is the block after the last
 * @param initialization how it begins when nothing pretrained is loaded
 * @param fan fan-in or fan-out that the initialization divides by
 */
public record ParameterSpec(
    String name, Shape shape, int block, Initialization initialization, long fan) {

  /** How a parameter begins. */
  public enum Initialization {
    /** Kaiming normal with fan-out, as torchvision's EfficientNet: N(0, 2 / (out·height·width)). */
    KAIMING_NORMAL_FAN_OUT,
    /**
     * Uniform in ±1/√fan_in, PyTorch's own for {@code nn.Linear}; torchvision's ±1/√classes makes
     * the first steps of SGD diverge.
     */
    UNIFORM_FAN_IN,
    /** Ones: the weight of a norm. */
    ONES,
    /** Zeros: the bias of a norm, or of a convolution. */
    ZEROS
  }

  /** Number of elements. */
  public long size() {
    return shape.size();
  }
}
