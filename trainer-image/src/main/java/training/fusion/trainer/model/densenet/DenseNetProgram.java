package training.fusion.trainer.model.densenet;

import training.fusion.trainer.model.architecture.ConvolutionalProgram;
import training.fusion.trainer.model.architecture.ParameterSpec.Initialization;
import training.fusion.trainer.model.architecture.ProgramSettings;

/**
 * Turns the table of a DenseNet into TorchScript statements, and names the parameters and buffers
 * on the way, in torchvision's order.
 */
final class DenseNetProgram extends ConvolutionalProgram {
  /** Width of a layer's 1×1 convolution as a multiple of the growth: torchvision's bn_size. */
  private static final int BOTTLENECK = 4;

  private final DenseNetTable table;

  private DenseNetProgram(DenseNetTable table, ProgramSettings settings) {
    super(settings, Initialization.KAIMING_NORMAL_FAN_IN);
    this.table = table;
  }

  static DenseNetProgram build(DenseNetTable table, ProgramSettings settings) {
    var program = new DenseNetProgram(table, settings);
    program.begin();
    int weight = program.kernel("features.conv0.weight", table.stem(), 3, 7);
    program.both("h = " + program.convolution("h", weight, table.stem(), 7, 2, 1));
    program.normActivation("h", "h", "features.norm0", table.stem());
    program.maxPool();
    int last = table.layers().size();
    for (int dense = 1; dense <= last; dense++) {
      program.begin(DenseNetTable.block(dense));
      program.denseBlock(dense);
      if (dense < last) {
        program.beginNext();
        program.transition(dense);
      }
    }
    program.normActivation("h", "h", "features.norm5", table.after(last));
    program.beginNext();
    program.pooledHead("classifier", table.after(last), Initialization.ZEROS);
    return program;
  }

  /** Each layer's channels are put after those that it reads. */
  private void denseBlock(int dense) {
    int growth = table.growth();
    int width = BOTTLENECK * growth;
    for (int layer = 1; layer <= table.layers().get(dense - 1); layer++) {
      String prefix = "features.denseblock%d.denselayer%d.".formatted(dense, layer);
      int channels = table.before(dense) + growth * (layer - 1);
      normActivation("n", "h", prefix + "norm1", channels);
      int narrow = kernel(prefix + "conv1.weight", width, channels, 1);
      both("n = " + convolution("n", narrow, width, 1, 1, 1));
      normActivation("n", "n", prefix + "norm2", width);
      int wide = kernel(prefix + "conv2.weight", growth, width, 3);
      both("n = " + convolution("n", wide, growth, 3, 1, 1));
      both("h = torch.cat([h, n], 1)");
    }
  }

  private void transition(int dense) {
    String prefix = "features.transition%d.".formatted(dense);
    int input = table.after(dense);
    int output = table.before(dense + 1);
    normActivation("h", "h", prefix + "norm", input);
    int weight = kernel(prefix + "conv.weight", output, input, 1);
    both("h = " + convolution("h", weight, output, 1, 1, 1));
    both("h = torch.avg_pool2d(h, [2, 2], [2, 2], [0, 0], False, True, None)");
    extent /= 2;
  }

  /** The activation in place, as torchvision's: a batch norm's result is not read again. */
  private void normActivation(String to, String from, String name, int channels) {
    batchNorm(to, from, name, channels);
    both("%1$s = torch.relu_(%1$s)".formatted(to));
  }
}
