package training.fusion.trainer.model.architecture;

import ai.djl.ndarray.types.Shape;

/**
 * A trainable tensor.
 *
 * @param name torchvision's name in the {@code state_dict}
 * @param shape its extents; convolutions are [out, in / groups, height, width]
 * @param block the block it belongs to; the head is the block after the last
 * @param initialization how it begins when nothing pretrained is loaded
 * @param fan fan-in, fan-out or their sum: what the initialization divides by
 * @param operand whether it is weight or bias of a convolution or matrix product, which precision
 *     BF16 computes in bf16; the head is none
 */
public record ParameterSpec(
    String name, Shape shape, int block, Initialization initialization, long fan, boolean operand) {

  /** How a parameter begins. */
  public enum Initialization {
    /** Kaiming normal with fan-out, as torchvision's EfficientNet: N(0, 2 / (out·height·width)). */
    KAIMING_NORMAL_FAN_OUT,
    /** The same with fan-in, as torchvision's DenseNet: N(0, 2 / (in·height·width)). */
    KAIMING_NORMAL_FAN_IN,
    /**
     * Uniform in ±1/√fan_in, PyTorch's own for {@code nn.Linear}; torchvision's ±1/√classes makes
     * the first steps of SGD diverge.
     */
    UNIFORM_FAN_IN,
    /** {@code nn.init.xavier_uniform_}: uniform in ±√(6 / (fan_in + fan_out)). */
    XAVIER_UNIFORM,
    /** {@code nn.init.trunc_normal_}: N(0, 1 / fan_in), drawn again outside ±2. */
    TRUNCATED_NORMAL_FAN_IN,
    /** {@code nn.init.trunc_normal_(std=0.02)}, as timm's transformers and ConvNeXt. */
    TRUNCATED_NORMAL_0_02,
    /** N(0, 0.02²), as BERT's position embedding. */
    NORMAL_0_02,
    /** N(0, 10⁻¹²): the biases of a transformer's perceptron, timm's class token. */
    NORMAL_1E_6,
    /** 10⁻⁶: what a layer's scale begins with. */
    SCALE_1E_6,
    /** Ones: the weight of a norm. */
    ONES,
    /** Zeros: the bias of a norm or of a convolution, a class token, a transformer's head. */
    ZEROS,
    /** What a file brings with it: nothing is drawn. */
    BROUGHT,
    /** The same of a parameter that its file says is not to be trained. */
    FIXED
  }

  /** Number of elements. */
  public long size() {
    return shape.size();
  }
}
