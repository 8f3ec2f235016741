package training.fusion.trainer.model.convnext;

import training.fusion.trainer.model.architecture.ParameterSpec.Initialization;
import training.fusion.trainer.model.architecture.ProgramSettings;
import training.fusion.trainer.model.architecture.ProgramWriter;

/**
 * Turns the table of a ConvNeXt into TorchScript statements, and names the parameters on the way,
 * in torchvision's order. The value under way is [images, height, width, channels], so that norms
 * and linear layers read it as it is, and convolutions as channels-last. The residual stream and
 * the norms are fp32 in every precision.
 */
final class ConvNextProgram extends ProgramWriter {
  private static final Initialization WEIGHT = Initialization.TRUNCATED_NORMAL_0_02;

  private ConvNextProgram(ProgramSettings settings) {
    super(settings);
  }

  static ConvNextProgram build(ConvNextTable table, ProgramSettings settings) {
    var program = new ConvNextProgram(settings);
    int width = table.widths().get(0);
    program.both("h = torch.permute(h, [0, 2, 3, 1])");
    program.convolution("h", "features.0.0", 3, width, ConvNextTable.PATCH);
    program.layerNorm("h", "h", "features.0.1", width);
    int layers = table.layers().stream().mapToInt(Integer::intValue).sum();
    int layer = 0;
    int stages = table.layers().size();
    for (int stage = 0; stage < stages; stage++) {
      program.begin(stage + 1);
      if (stage > 0) {
        program.layerNorm("h", "h", "features.%d.0".formatted(2 * stage), width);
        int wider = table.widths().get(stage);
        program.convolution("h", "features.%d.1".formatted(2 * stage), width, wider, 2);
        width = wider;
      }
      for (int i = 0; i < table.layers().get(stage); i++) {
        double skip = settings.stochasticDepth() * layer++ / Math.max(1, layers - 1);
        program.layer("features.%d.%d.".formatted(2 * stage + 1, i), width, skip);
      }
    }
    program.begin(stages + 1);
    program.both("h = torch.mean(h, [1, 2])");
    program.layerNorm("h", "h", "classifier.0", width);
    program.dropout("h");
    program.linearHead("classifier.2", width, WEIGHT, Initialization.ZEROS);
    return program;
  }

  private void layer(String prefix, int width, double skip) {
    int scale = parameter(prefix + "layer_scale", Initialization.SCALE_1E_6, 1, width, 1, 1);
    int weight = operand(prefix + "block.0.weight", WEIGHT, 1, width, 1, 7, 7);
    int bias = operand(prefix + "block.0.bias", Initialization.ZEROS, 1, width);
    both(
        "n = torch.conv2d(%s, p[%d], p[%d], [1, 1], [3, 3], [1, 1], %d)"
            .formatted(channelsFirst("h"), weight, bias, width));
    both("n = " + full("torch.permute(n, [0, 2, 3, 1])"));
    layerNorm("n", "n", prefix + "block.2", width);
    linear(prefix + "block.3", width, 4 * width);
    both("n = torch.gelu(n)");
    linear(prefix + "block.5", 4 * width, width);
    both("n = torch.mul(n, torch.flatten(p[%d]))".formatted(scale)); // fp32, whatever n is
    stochasticDepth("n", 4, skip);
    both("h = torch.add(h, n)");
  }

  /** A convolution whose stride is its kernel: pixels beyond the last whole one are left out. */
  private void convolution(String value, String name, int input, int output, int kernel) {
    int weight = operand(name + ".weight", WEIGHT, 1, output, input, kernel, kernel);
    int bias = operand(name + ".bias", Initialization.ZEROS, 1, output);
    both(
        "h = torch.conv2d(%s, p[%d], p[%d], [%d, %d])"
            .formatted(channelsFirst(value), weight, bias, kernel, kernel));
    both("h = " + full("torch.permute(h, [0, 2, 3, 1])"));
  }

  private void linear(String name, int input, int output) {
    int weight = operand(name + ".weight", WEIGHT, 1, output, input);
    int bias = operand(name + ".bias", Initialization.ZEROS, 1, output);
    both("n = torch.linear(%s, p[%d], p[%d])".formatted(reduced("n"), weight, bias));
  }

  private String channelsFirst(String value) {
    return reduced("torch.permute(%s, [0, 3, 1, 2])".formatted(value));
  }
}
