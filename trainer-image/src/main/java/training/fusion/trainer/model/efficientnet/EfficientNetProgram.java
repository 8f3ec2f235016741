package training.fusion.trainer.model.efficientnet;

import java.util.List;
import training.fusion.trainer.model.architecture.ConvolutionalProgram;
import training.fusion.trainer.model.architecture.ParameterSpec.Initialization;
import training.fusion.trainer.model.architecture.ProgramSettings;

/**
 * Turns a table of stages into TorchScript statements, one pass for training and one for
 * evaluation, and names the parameters and buffers on the way, in torchvision's order.
 */
final class EfficientNetProgram extends ConvolutionalProgram {
  private EfficientNetProgram(ProgramSettings settings) {
    super(settings, Initialization.KAIMING_NORMAL_FAN_OUT);
  }

  static EfficientNetProgram build(List<Stage> stages, ProgramSettings settings) {
    var program = new EfficientNetProgram(settings);
    program.begin();
    int layers =
        stages.stream()
            .filter(s -> s.kind() != Stage.Kind.CONV_NORM_ACTIVATION)
            .mapToInt(Stage::repeats)
            .sum();
    int layer = 0;
    for (int block = 0; block < stages.size(); block++) {
      Stage stage = stages.get(block);
      program.begin(block);
      for (int i = 0; i < stage.repeats(); i++) {
        int input = i == 0 ? stage.inputChannels() : stage.outputChannels();
        int stride = i == 0 ? stage.stride() : 1;
        String prefix = "features.%d".formatted(block);
        if (stage.kind() == Stage.Kind.CONV_NORM_ACTIVATION) {
          program.convNorm(prefix, input, stage.outputChannels(), stage.kernel(), stride, 1, true);
        } else {
          double skip = settings.stochasticDepth() * layer++ / layers;
          program.residual(stage, prefix + "." + i + ".block", input, stride, skip);
        }
      }
    }
    program.begin(stages.size());
    int channels = stages.get(stages.size() - 1).outputChannels();
    program.pooledHead("classifier.1", channels, Initialization.UNIFORM_FAN_IN);
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
      stochasticDepth("h", 4, skip);
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
    both("h = " + convolution("h", weight, output, kernel, stride, groups));
    batchNorm("h", "h", prefix + ".1", output);
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
}
