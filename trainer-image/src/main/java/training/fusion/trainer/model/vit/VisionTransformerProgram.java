package training.fusion.trainer.model.vit;

import training.fusion.trainer.model.architecture.ParameterSpec.Initialization;
import training.fusion.trainer.model.architecture.ProgramSettings;
import training.fusion.trainer.model.architecture.ProgramWriter;
import training.fusion.trainer.model.vit.VisionTransformerTable.Start;

/**
 * Turns the table of a vision transformer into TorchScript statements, and names the parameters on
 * the way, in torchvision's order. After the patches the value under way is [images, tokens,
 * width], the class token first. The residual stream and the norms are fp32 in every precision.
 */
final class VisionTransformerProgram extends ProgramWriter {
  private final VisionTransformerTable table;
  private final boolean timm;

  private VisionTransformerProgram(VisionTransformerTable table, ProgramSettings settings) {
    super(settings);
    this.table = table;
    this.timm = table.start() == Start.TIMM;
  }

  static VisionTransformerProgram build(VisionTransformerTable table, ProgramSettings settings) {
    var program = new VisionTransformerProgram(table, settings);
    program.tokens();
    for (int encoder = 0; encoder < table.encoders(); encoder++) {
      program.begin(encoder);
      // timm's linear rule, on both branches
      double skip = settings.stochasticDepth() * encoder / Math.max(1, table.encoders() - 1);
      program.encoder("encoder.layers.encoder_layer_%d.".formatted(encoder), skip);
    }
    program.layerNorm("h", "h", "encoder.ln", table.width());
    program.begin(table.encoders());
    program.head();
    return program;
  }

  private void tokens() {
    int patch = table.patch();
    int width = table.width();
    int tokens = table.grid(settings.imageSize()) * table.grid(settings.imageSize()) + 1;
    int classToken =
        parameter(
            "class_token",
            timm ? Initialization.NORMAL_1E_6 : Initialization.ZEROS,
            1,
            1,
            1,
            width);
    long fanIn = 3L * patch * patch;
    int weight =
        operand(
            "conv_proj.weight",
            timm ? Initialization.UNIFORM_FAN_IN : Initialization.TRUNCATED_NORMAL_FAN_IN,
            fanIn,
            width,
            3,
            patch,
            patch);
    int bias =
        operand(
            "conv_proj.bias",
            timm ? Initialization.UNIFORM_FAN_IN : Initialization.ZEROS,
            fanIn,
            width);
    int position =
        parameter("encoder.pos_embedding", Initialization.NORMAL_0_02, 1, 1, tokens, width);
    both(
        "h = torch.conv2d(%s, p[%d], p[%d], [%d, %d])"
            .formatted(reduced("h"), weight, bias, patch, patch));
    both("h = " + full("torch.transpose(torch.flatten(h, 2), 1, 2)"));
    both(
        "h = torch.cat([torch.expand(p[%d], [torch.size(h, 0), 1, %d]), h], 1)"
            .formatted(classToken, width));
    both("h = torch.add(h, p[%d])".formatted(position));
    dropout("h");
  }

  private void encoder(String prefix, double skip) {
    layerNorm("n", "h", prefix + "ln_1", table.width());
    attention(prefix + "self_attention.");
    dropout("n");
    stochasticDepth("n", 3, skip);
    both("h = torch.add(h, n)"); // fp32, whatever n is
    layerNorm("n", "h", prefix + "ln_2", table.width());
    perceptron(prefix + "mlp.");
    dropout("n");
    stochasticDepth("n", 3, skip);
    both("h = torch.add(h, n)");
  }

  private void attention(String prefix) {
    int width = table.width();
    int heads = table.heads();
    int weight =
        operand(
            prefix + "in_proj_weight",
            timm ? Initialization.TRUNCATED_NORMAL_0_02 : Initialization.XAVIER_UNIFORM,
            4L * width,
            3L * width,
            width);
    int bias = operand(prefix + "in_proj_bias", Initialization.ZEROS, 1, 3L * width);
    both("n = torch.linear(%s, p[%d], p[%d])".formatted(reduced("n"), weight, bias));
    both(
        "n = torch.permute(torch.reshape(n, [torch.size(n, 0), torch.size(n, 1), 3, %d, %d]), [2, 0, 3, 1, 4])"
            .formatted(heads, width / heads));
    both(
        "n = torch.scaled_dot_product_attention(torch.select(n, 0, 0), torch.select(n, 0, 1), torch.select(n, 0, 2))");
    both("n = torch.flatten(torch.transpose(n, 1, 2), 2)");
    int outWeight =
        operand(
            prefix + "out_proj.weight",
            timm ? Initialization.TRUNCATED_NORMAL_0_02 : Initialization.UNIFORM_FAN_IN,
            width,
            width,
            width);
    int outBias = operand(prefix + "out_proj.bias", Initialization.ZEROS, 1, width);
    both("n = torch.linear(n, p[%d], p[%d])".formatted(outWeight, outBias));
  }

  private void perceptron(String prefix) {
    int width = table.width();
    int hidden = table.hidden();
    int weight0 =
        operand(
            prefix + "0.weight",
            timm ? Initialization.TRUNCATED_NORMAL_0_02 : Initialization.XAVIER_UNIFORM,
            (long) hidden + width,
            hidden,
            width);
    int bias0 =
        operand(
            prefix + "0.bias", timm ? Initialization.ZEROS : Initialization.NORMAL_1E_6, 1, hidden);
    both("n = torch.gelu(torch.linear(%s, p[%d], p[%d]))".formatted(reduced("n"), weight0, bias0));
    dropout("n");
    int weight3 =
        operand(
            prefix + "3.weight",
            timm ? Initialization.TRUNCATED_NORMAL_0_02 : Initialization.XAVIER_UNIFORM,
            (long) hidden + width,
            width,
            hidden);
    int bias3 =
        operand(
            prefix + "3.bias", timm ? Initialization.ZEROS : Initialization.NORMAL_1E_6, 1, width);
    both("n = torch.linear(n, p[%d], p[%d])".formatted(weight3, bias3));
  }

  private void head() {
    both("h = torch.select(h, 1, 0)");
    linearHead(
        "heads.head",
        table.width(),
        timm ? Initialization.TRUNCATED_NORMAL_0_02 : Initialization.ZEROS,
        Initialization.ZEROS);
  }
}
