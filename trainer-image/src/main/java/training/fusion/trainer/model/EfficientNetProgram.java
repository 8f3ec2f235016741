package training.fusion.trainer.model;

import java.util.List;
import training.fusion.api.Training.Precision;
import training.fusion.trainer.model.ParameterSpec.Initialization;
import training.fusion.trainer.model.Variant.Padding;

/**
 * Turns a table of stages into TorchScript statements, one pass for training and one for
 * evaluation, and names the parameters and buffers on the way, in torchvision's order. The value
 * under way is [images, channels, height, width].
 *
 * <p>Where the value is a single pixel, as in the last blocks at 32 pixels and in every
 * squeeze-and-excitation, convolutions are written as what they come to there: the same sums, and
 * on a CPU up to forty times the speed of the general backward pass.
 */
final class EfficientNetProgram extends ProgramWriter {
  /** PyTorch's default for {@code nn.BatchNorm2d}. */
  private static final double BATCH_NORM_MOMENTUM = 0.1;

  private final Variant variant;
  private int extent; // height and width of h

  private EfficientNetProgram(ProgramSettings settings) {
    super(settings.precision());
    variant = settings.variant();
    extent = settings.imageSize();
  }

  static EfficientNetProgram build(List<Stage> stages, ProgramSettings settings) {
    var program = new EfficientNetProgram(settings);
    if (settings.precision() == Precision.BF16) { // batch norms take it with fp32 weights
      program.both("h = " + program.reduced("h"));
    }
    int layers =
        stages.stream()
            .filter(s -> s.kind() != Stage.Kind.CONV_NORM_ACTIVATION)
            .mapToInt(Stage::repeats)
            .sum();
    int layer = 0;
    for (Stage stage : stages) {
      program.block = stage.block();
      for (int i = 0; i < stage.repeats(); i++) {
        int input = i == 0 ? stage.inputChannels() : stage.outputChannels();
        int stride = i == 0 ? stage.stride() : 1;
        String prefix = "features.%d".formatted(stage.block());
        if (stage.kind() == Stage.Kind.CONV_NORM_ACTIVATION) {
          program.convNorm(prefix, input, stage.outputChannels(), stage.kernel(), stride, 1, true);
        } else {
          double skip = settings.stochasticDepth() * layer++ / layers;
          program.residual(stage, prefix + "." + i + ".block", input, stride, skip);
        }
      }
    }
    program.block = stages.size();
    program.head(stages.get(stages.size() - 1).outputChannels(), settings);
    return program;
  }

  private void residual(Stage stage, String prefix, int input, int stride, double skip) {
    boolean shortcut = stride == 1 && input == stage.outputChannels();
    if (shortcut) {
      both("r = h");
    }
    int hidden = input * stage.expansion();
    if (stage.kind() == Stage.Kind.FUSED_MB_CONV) {
      if (stage.expansion() == 1) {
        convNorm(prefix + ".0", input, stage.outputChannels(), stage.kernel(), stride, 1, true);
      } else {
        convNorm(prefix + ".0", input, hidden, stage.kernel(), stride, 1, true);
        convNorm(prefix + ".1", hidden, stage.outputChannels(), 1, 1, 1, false);
      }
    } else {
      convNorm(prefix + ".0", input, hidden, 1, 1, 1, true);
      convNorm(prefix + ".1", hidden, hidden, stage.kernel(), stride, hidden, true);
      squeezeExcitation(prefix + ".2", hidden, Math.max(1, input / 4));
      convNorm(prefix + ".3", hidden, stage.outputChannels(), 1, 1, 1, false);
    }
    if (shortcut) {
      if (skip > 0) { // torchvision's StochasticDepth(mode="row")
        String kept = number(1 - skip);
        training(
            "n = torch.bernoulli_(torch.new_empty(h, [torch.size(h, 0), 1, 1, 1]), " + kept + ")");
        training("h = torch.mul(h, torch.div(n, " + kept + "))");
      }
      both("h = torch.add(h, r)");
    }
  }

  private void convNorm(
      String prefix,
      int input,
      int output,
      int kernel,
      int stride,
      int groups,
      boolean activation) {
    int weight = kernel(prefix + ".0.weight", output, input / groups, kernel);
    both("h = " + convolution(weight, output, kernel, stride, groups));
    int gamma = parameter(prefix + ".1.weight", Initialization.ONES, 1, output);
    int beta = parameter(prefix + ".1.bias", Initialization.ZEROS, 1, output);
    int mean = buffer(prefix + ".1.running_mean", output);
    int variance = buffer(prefix + ".1.running_var", output);
    int count = buffer(prefix + ".1.num_batches_tracked", 0);
    training("c = torch.add_(b[%d], 1)".formatted(count));
    String norm = "h = torch.batch_norm(h, p[%d], p[%d], b[%d], b[%d], %s, %s, %s, True)";
    String momentum = number(BATCH_NORM_MOMENTUM);
    String epsilon = number(variant.epsilon());
    training(norm.formatted(gamma, beta, mean, variance, "True", momentum, epsilon));
    evaluation(norm.formatted(gamma, beta, mean, variance, "False", momentum, epsilon));
    if (activation) {
      both("h = torch.silu(h)");
    }
  }

  private void squeezeExcitation(String prefix, int channels, int squeezed) {
    int w1 = kernel(prefix + ".fc1.weight", squeezed, channels, 1);
    int b1 = operand(prefix + ".fc1.bias", Initialization.ZEROS, 1, squeezed);
    int w2 = kernel(prefix + ".fc2.weight", channels, squeezed, 1);
    int b2 = operand(prefix + ".fc2.bias", Initialization.ZEROS, 1, channels);
    both("s = torch.adaptive_avg_pool2d(h, [1, 1])");
    both("s = torch.silu(%s)".formatted(pointwise("s", w1, "p[%d]".formatted(b1), squeezed)));
    both("s = torch.sigmoid(%s)".formatted(pointwise("s", w2, "p[%d]".formatted(b2), channels)));
    both("h = torch.mul(s, h)");
  }

  /** The convolution of {@code h} without bias, padded so that only the stride shrinks it. */
  private String convolution(int weight, int output, int kernel, int stride, int groups) {
    if (kernel == 1 && stride == 1 && groups == 1) {
      return pointwise("h", weight, "None", output);
    }
    boolean pixel = extent == 1;
    String value = "h";
    int pad = (kernel - 1) / 2;
    if (variant.padding() == Padding.SYMMETRIC) {
      extent = (extent + 2 * pad - kernel) / stride + 1;
    } else {
      int shrunk = (extent + stride - 1) / stride;
      int zeros = Math.max(0, (shrunk - 1) * stride + kernel - extent);
      if (zeros != 2 * pad) {
        value =
            "torch.constant_pad_nd(h, [%1$d, %2$d, %1$d, %2$d], 0.)"
                .formatted(zeros / 2, zeros - zeros / 2);
        pad = 0;
      }
      extent = shrunk;
    }
    if (pixel && groups == output) { // all but the kernel's centre meets padding
      int centre = (kernel - 1) / 2;
      return "torch.mul(h, torch.reshape(torch.select(torch.select(p[%d], 2, %d), 2, %d), [1, -1, 1, 1]))"
          .formatted(weight, centre, centre);
    }
    return "torch.conv2d(%s, p[%d], None, [%d, %d], [%d, %d], [1, 1], %d)"
        .formatted(value, weight, stride, stride, pad, pad, groups);
  }

  private String pointwise(String value, int weight, String bias, int output) {
    if (extent == 1) {
      return "torch.reshape(torch.linear(torch.flatten(%s, 1), torch.flatten(p[%d], 1), %s), [-1, %d, 1, 1])"
          .formatted(value, weight, bias, output);
    }
    return "torch.conv2d(%s, p[%d], %s)".formatted(value, weight, bias);
  }

  private void head(int channels, ProgramSettings settings) {
    int classes = settings.classes();
    both("h = " + full("torch.flatten(torch.adaptive_avg_pool2d(h, [1, 1]), 1)"));
    if (settings.dropout() > 0) {
      training("h = torch.dropout(h, " + number(settings.dropout()) + ", True)");
    }
    int weight =
        parameter(
            "classifier.1.weight", Initialization.UNIFORM_FAN_IN, channels, classes, channels);
    int bias = parameter("classifier.1.bias", Initialization.UNIFORM_FAN_IN, channels, classes);
    both("h = torch.linear(h, p[%d], p[%d])".formatted(weight, bias));
  }

  private int kernel(String name, int output, int input, int kernel) {
    long fanOut = (long) output * kernel * kernel;
    return operand(
        name, Initialization.KAIMING_NORMAL_FAN_OUT, fanOut, output, input, kernel, kernel);
  }
}
