package training.fusion.trainer.model.resnet;

import training.fusion.trainer.model.architecture.ConvolutionalProgram;
import training.fusion.trainer.model.architecture.ParameterSpec.Initialization;
import training.fusion.trainer.model.architecture.ProgramSettings;
import training.fusion.trainer.model.resnet.ResNetTable.Residual;

/**
 * Turns the table of a ResNet into TorchScript statements, and names the parameters and buffers on
 * the way, in torchvision's order.
 */
final class ResNetProgram extends ConvolutionalProgram {
  private final ResNetTable table;

  private ResNetProgram(ResNetTable table, ProgramSettings settings) {
    super(settings, Initialization.KAIMING_NORMAL_FAN_OUT);
    this.table = table;
  }

  static ResNetProgram build(ResNetTable table, ProgramSettings settings) {
    var program = new ResNetProgram(table, settings);
    program.begin();
    program.convNorm("", 1, 3, ResNetTable.STEM, 7, 2);
    program.activation();
    program.maxPool();
    int layers = table.repeats().size();
    for (int layer = 1; layer <= layers; layer++) {
      program.begin(layer);
      for (int i = 0; i < table.repeats().get(layer - 1); i++) {
        int input = table.channels(i == 0 ? layer - 1 : layer);
        int stride = i == 0 ? ResNetTable.stride(layer) : 1;
        program.residual("layer%d.%d.".formatted(layer, i), layer, input, stride);
      }
    }
    program.begin(layers + 1);
    program.pooledHead("fc", table.channels(layers), Initialization.UNIFORM_FAN_IN);
    return program;
  }

  private void residual(String prefix, int layer, int input, int stride) {
    int width = ResNetTable.width(layer);
    int output = table.channels(layer);
    int before = extent;
    both("r = h");
    if (table.residual() == Residual.BASIC) {
      convNorm(prefix, 1, input, width, 3, stride);
      activation();
      convNorm(prefix, 2, width, output, 3, 1);
    } else {
      convNorm(prefix, 1, input, width, 1, 1);
      activation();
      convNorm(prefix, 2, width, width, 3, stride);
      activation();
      convNorm(prefix, 3, width, output, 1, 1);
    }
    if (stride != 1 || input != output) {
      extent = before;
      int weight = kernel(prefix + "downsample.0.weight", output, input, 1);
      both("r = " + convolution("r", weight, output, 1, stride, 1));
      batchNorm("r", "r", prefix + "downsample.1", output);
    }
    both("h = torch.relu_(torch.add_(h, r))");
  }

  private void convNorm(String prefix, int number, int input, int output, int kernel, int stride) {
    int weight = kernel("%sconv%d.weight".formatted(prefix, number), output, input, kernel);
    both("h = " + convolution("h", weight, output, kernel, stride, 1));
    batchNorm("h", "h", "%sbn%d".formatted(prefix, number), output);
  }

  /** In place, as torchvision's: a batch norm's result is not read again. */
  private void activation() {
    both("h = torch.relu_(h)");
  }
}
