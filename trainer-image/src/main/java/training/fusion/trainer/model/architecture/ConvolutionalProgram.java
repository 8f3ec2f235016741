package training.fusion.trainer.model.architecture;

import training.fusion.trainer.model.architecture.ParameterSpec.Initialization;
import training.fusion.trainer.model.architecture.Variant.Padding;

/**
 * Statements of networks of convolutions and batch norms. The values under way are [images,
 * channels, extent, extent].
 *
 * <p>Where a value is a single pixel, as in the last blocks at 32 pixels and in every
 * squeeze-and-excitation, convolutions are written as what they come to there: the same sums, and
 * on a CPU up to forty times the speed of the general backward pass.
 */
public abstract class ConvolutionalProgram extends ProgramWriter {
  /** PyTorch's default for {@code nn.BatchNorm2d}. */
  private static final double BATCH_NORM_MOMENTUM = 0.1;

  private final Initialization kernels;

  /** Height and width of the value that the next convolution or pooling takes. */
  protected int extent;

  /**
   * A program without statements yet.
   *
   * @param kernels how the weights of convolutions begin
   */
  protected ConvolutionalProgram(ProgramSettings settings, Initialization kernels) {
    super(settings);
    this.kernels = kernels;
    this.extent = settings.imageSize();
  }

  /** Convolutions read the images in their precision; batch norms take it with fp32 weights. */
  protected void begin() {
    String images = reduced("h");
    if (!images.equals("h")) {
      both("h = " + images);
    }
  }

  /** Adds the weight of a convolution. */
  protected int kernel(String name, int output, int input, int kernel) {
    long fan =
        kernels == Initialization.KAIMING_NORMAL_FAN_OUT
            ? (long) output * kernel * kernel
            : (long) input * kernel * kernel;
    return operand(name, kernels, fan, output, input, kernel, kernel);
  }

  /** A convolution of {@code value} without bias, padded so that only the stride shrinks it. */
  protected String convolution(
      String value, int weight, int output, int kernel, int stride, int groups) {
    if (kernel == 1 && stride == 1 && groups == 1) {
      return pointwise(value, weight, "None", output);
    }
    boolean pixel = extent == 1;
    String padded = value;
    int pad = (kernel - 1) / 2;
    if (settings.variant().padding() == Padding.SYMMETRIC) {
      extent = (extent + 2 * pad - kernel) / stride + 1;
    } else {
      int shrunk = (extent + stride - 1) / stride;
      int zeros = Math.max(0, (shrunk - 1) * stride + kernel - extent);
      if (zeros != 2 * pad) {
        padded =
            "torch.constant_pad_nd(%1$s, [%2$d, %3$d, %2$d, %3$d], 0.)"
                .formatted(value, zeros / 2, zeros - zeros / 2);
        pad = 0;
      }
      extent = shrunk;
    }
    if (pixel && groups == output) { // all but the kernel's centre meets padding
      int centre = (kernel - 1) / 2;
      return "torch.mul(%1$s, torch.reshape(torch.select(torch.select(p[%2$d], 2, %3$d), 2, %3$d), [1, -1, 1, 1]))"
          .formatted(value, weight, centre);
    }
    return "torch.conv2d(%s, p[%d], None, [%d, %d], [%d, %d], [1, 1], %d)"
        .formatted(padded, weight, stride, stride, pad, pad, groups);
  }

  /**
   * A 1×1 convolution of {@code value}.
   *
   * @param bias an expression; None for none
   */
  protected String pointwise(String value, int weight, String bias, int output) {
    if (extent == 1) {
      return "torch.reshape(torch.linear(torch.flatten(%s, 1), torch.flatten(p[%d], 1), %s), [-1, %d, 1, 1])"
          .formatted(value, weight, bias, output);
    }
    return "torch.conv2d(%s, p[%d], %s)".formatted(value, weight, bias);
  }

  /**
   * The batch norm of {@code from}; in training it gathers its running statistics, unless they are
   * frozen.
   */
  protected void batchNorm(String to, String from, String name, int channels) {
    int gamma = parameter(name + ".weight", Initialization.ONES, 1, channels);
    int beta = parameter(name + ".bias", Initialization.ZEROS, 1, channels);
    int mean = buffer(name + ".running_mean", channels);
    int variance = buffer(name + ".running_var", channels);
    int count = buffer(name + ".num_batches_tracked", 0);
    boolean gathers = !settings.frozenStatistics().contains(block());
    if (gathers) {
      training("c = torch.add_(b[%d], 1)".formatted(count));
    }
    String norm = "%s = torch.batch_norm(%s, p[%d], p[%d], b[%d], b[%d], %s, %s, %s, True)";
    String momentum = number(BATCH_NORM_MOMENTUM);
    String epsilon = number(settings.variant().epsilon());
    training(
        norm.formatted(
            to, from, gamma, beta, mean, variance, gathers ? "True" : "False", momentum, epsilon));
    evaluation(norm.formatted(to, from, gamma, beta, mean, variance, "False", momentum, epsilon));
  }

  /** The stem of ResNet and DenseNet: the largest of 3×3 pixels, every other one. */
  protected void maxPool() {
    both("h = torch.max_pool2d(h, [3, 3], [2, 2], [1, 1], [1, 1], False)");
    extent = (extent - 1) / 2 + 1;
  }

  /** The mean over all pixels, dropout, and the classifier. */
  protected void pooledHead(String name, int channels, Initialization ofBias) {
    both("h = " + full("torch.flatten(torch.adaptive_avg_pool2d(h, [1, 1]), 1)"));
    dropout("h");
    linearHead(name, channels, Initialization.UNIFORM_FAN_IN, ofBias);
  }
}
