package training.fusion.trainer.model.swin;

import training.fusion.trainer.model.architecture.ParameterSpec.Initialization;
import training.fusion.trainer.model.architecture.ProgramSettings;
import training.fusion.trainer.model.architecture.ProgramWriter;

/**
 * Turns the table of a Swin transformer into TorchScript statements, and names the parameters and
 * buffers on the way, in torchvision's order. The value under way is [images, height, width,
 * channels]. The residual stream, the norms and the attention's softmax are fp32 in every
 * precision.
 */
final class SwinProgram extends ProgramWriter {
  private static final Initialization WEIGHT = Initialization.TRUNCATED_NORMAL_0_02;

  private final SwinTable table;
  private int extent; // height and width of h, in tokens

  private SwinProgram(SwinTable table, ProgramSettings settings) {
    super(settings);
    this.table = table;
    this.extent = settings.imageSize() / SwinTable.PATCH;
  }

  static SwinProgram build(SwinTable table, ProgramSettings settings) {
    var program = new SwinProgram(table, settings);
    program.patches();
    int layers = table.layers().stream().mapToInt(Integer::intValue).sum();
    int layer = 0;
    int stages = table.layers().size();
    for (int stage = 1; stage <= stages; stage++) {
      program.begin(stage);
      if (stage > 1) {
        program.merge("features.%d.".formatted(2 * stage - 2), table.width(stage - 1));
      }
      var windows = Windows.over(program.extent, table.window());
      if (windows.shift() > 0) {
        program.mask(windows);
      }
      for (int i = 0; i < table.layers().get(stage - 1); i++) {
        double skip = settings.stochasticDepth() * layer++ / Math.max(1, layers - 1);
        String prefix = "features.%d.%d.".formatted(2 * stage - 1, i);
        program.layer(prefix, stage, i % 2 == 0 ? windows.unshifted() : windows, skip);
      }
    }
    int width = table.width(stages);
    program.layerNorm("h", "h", "norm", width);
    program.begin(stages + 1);
    program.both("h = torch.mean(h, [1, 2])");
    program.dropout("h");
    program.linearHead("head", width, WEIGHT, Initialization.ZEROS);
    return program;
  }

  private void patches() {
    int patch = SwinTable.PATCH;
    long fanIn = 3L * patch * patch;
    int weight =
        operand(
            "features.0.0.weight",
            Initialization.UNIFORM_FAN_IN,
            fanIn,
            table.width(),
            3,
            patch,
            patch);
    int bias = operand("features.0.0.bias", Initialization.UNIFORM_FAN_IN, fanIn, table.width());
    both(
        "h = torch.conv2d(%s, p[%d], p[%d], [%d, %d])"
            .formatted(reduced("h"), weight, bias, patch, patch));
    both("h = " + full("torch.permute(h, [0, 2, 3, 1])"));
    layerNorm("h", "h", "features.0.2", table.width());
  }

  /** Four neighbours become one token, twice as wide; an odd row or column gets zeros beside it. */
  private void merge(String prefix, int width) {
    int weight = operand(prefix + "reduction.weight", WEIGHT, 1, 2L * width, 4L * width);
    if (extent % 2 == 1) {
      both("h = torch.constant_pad_nd(h, [0, 0, 0, 1, 0, 1], 0.)");
      extent++;
    }
    String every = "torch.slice(torch.slice(h, 1, %d, %d, 2), 2, %d, %d, 2)";
    both(
        "h = torch.cat([%s, %s, %s, %s], 3)"
            .formatted(
                every.formatted(0, extent, 0, extent),
                every.formatted(1, extent, 0, extent),
                every.formatted(0, extent, 1, extent),
                every.formatted(1, extent, 1, extent)));
    extent /= 2;
    layerNorm("h", "h", prefix + "norm", 4 * width);
    both("h = " + full("torch.linear(%s, p[%d], None)".formatted(reduced("h"), weight)));
  }

  /** {@code m}: −100 between tokens of a window that lay on two sides of the picture. */
  private void mask(Windows windows) {
    int side = windows.side();
    both("m = torch.arange(%d, device=h.device)".formatted(side));
    both(
        "m = torch.add(torch.to(torch.ge(m, %d), 4), torch.to(torch.ge(m, %d), 4))" // 4: int64
            .formatted(side - windows.window(), side - windows.shift()));
    both("m = torch.add(torch.mul(torch.unsqueeze(m, 1), 3), torch.unsqueeze(m, 0))");
    both(
        "m = torch.reshape(torch.permute(torch.reshape(m, [%1$d, %2$d, %1$d, %2$d]), [0, 2, 1, 3]), [%3$d, 1, %4$d])"
            .formatted(windows.across(), windows.window(), windows.count(), windows.tokens()));
    both("m = torch.ne(torch.unsqueeze(m, 2), torch.unsqueeze(m, 3))");
    both("m = torch.mul(torch.to(m, 6), -100.)"); // 6: torch.float32
  }

  private void layer(String prefix, int stage, Windows windows, double skip) {
    int width = table.width(stage);
    layerNorm("n", "h", prefix + "norm1", width);
    split(windows, width);
    attention(prefix + "attn.", windows, width, table.heads().get(stage - 1));
    join(windows, width);
    stochasticDepth("n", 4, skip);
    both("h = torch.add(h, n)"); // fp32, whatever n is
    layerNorm("n", "h", prefix + "norm2", width);
    linear(prefix + "mlp.0", width, 4 * width);
    both("n = torch.gelu(n)");
    linear(prefix + "mlp.3", 4 * width, width);
    stochasticDepth("n", 4, skip);
    both("h = torch.add(h, n)");
  }

  /** {@code n} from [images, height, width, channels] to [windows, tokens, channels]. */
  private void split(Windows windows, int width) {
    int pad = windows.side() - windows.extent();
    if (pad > 0) {
      both("n = torch.constant_pad_nd(n, [0, 0, 0, %1$d, 0, %1$d], 0.)".formatted(pad));
    }
    if (windows.shift() > 0) {
      both("n = torch.roll(n, [-%1$d, -%1$d], [1, 2])".formatted(windows.shift()));
    }
    both(
        "n = torch.permute(torch.reshape(n, [-1, %1$d, %2$d, %1$d, %2$d, %3$d]), [0, 1, 3, 2, 4, 5])"
            .formatted(windows.across(), windows.window(), width));
    both("n = torch.reshape(n, [-1, %d, %d])".formatted(windows.tokens(), width));
  }

  /** The way back. */
  private void join(Windows windows, int width) {
    both(
        "n = torch.permute(torch.reshape(n, [-1, %1$d, %1$d, %2$d, %2$d, %3$d]), [0, 1, 3, 2, 4, 5])"
            .formatted(windows.across(), windows.window(), width));
    both("n = torch.reshape(n, [-1, %1$d, %1$d, %2$d])".formatted(windows.side(), width));
    if (windows.shift() > 0) {
      both("n = torch.roll(n, [%1$d, %1$d], [1, 2])".formatted(windows.shift()));
    }
    if (windows.side() > windows.extent()) {
      both("n = torch.slice(torch.slice(n, 1, 0, %1$d), 2, 0, %1$d)".formatted(windows.extent()));
    }
  }

  private void attention(String prefix, Windows windows, int width, int heads) {
    int relative = 2 * windows.window() - 1;
    int positions =
        parameter(
            prefix + "relative_position_bias_table", WEIGHT, 1, (long) relative * relative, heads);
    int index = buffer(prefix + "relative_position_index", windows.relativePositions());
    linear(prefix + "qkv", width, 3 * width);
    int tokens = windows.tokens();
    both(
        "n = torch.permute(torch.reshape(n, [-1, %d, 3, %d, %d]), [2, 0, 3, 1, 4])"
            .formatted(tokens, heads, width / heads));
    both(
        "a = torch.matmul(torch.mul(torch.select(n, 0, 0), %s), torch.transpose(torch.select(n, 0, 1), -2, -1))"
            .formatted(number(1 / Math.sqrt((double) width / heads))));
    both(
        "r = torch.index(p[%d], annotate(List[Optional[Tensor]], [b[%d]]))"
            .formatted(positions, index));
    both(
        "r = torch.permute(torch.reshape(r, [%1$d, %1$d, %2$d]), [2, 0, 1])"
            .formatted(tokens, heads));
    if (windows.shift() > 0) {
      both("r = torch.add(r, m)");
      both(
          "a = torch.reshape(a, [-1, %d, %d, %d, %d])"
              .formatted(windows.count(), heads, tokens, tokens));
    }
    both("a = torch.softmax(torch.add(%s, r), -1)".formatted(full("a")));
    both("a = torch.reshape(a, [-1, %d, %d, %d])".formatted(heads, tokens, tokens));
    both("n = torch.matmul(%s, torch.select(n, 0, 2))".formatted(reduced("a")));
    both("n = torch.reshape(torch.transpose(n, 1, 2), [-1, %d, %d])".formatted(tokens, width));
    linear(prefix + "proj", width, width);
  }

  private void linear(String name, int input, int output) {
    int weight = operand(name + ".weight", WEIGHT, 1, output, input);
    int bias = operand(name + ".bias", Initialization.ZEROS, 1, output);
    both("n = torch.linear(%s, p[%d], p[%d])".formatted(reduced("n"), weight, bias));
  }
}
