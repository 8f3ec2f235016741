package training.fusion.trainer.model.architecture;

import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import training.fusion.api.Training.Precision;
import training.fusion.trainer.model.architecture.ParameterSpec.Initialization;

/**
 * Collects the parameters, buffers and statements of a program while its table is walked; has the
 * statements that all families share.
 */
public abstract class ProgramWriter implements ArchitectureProgram {
  private final List<ParameterSpec> parameters = new ArrayList<>();
  private final List<BufferSpec> buffers = new ArrayList<>();
  private final List<StringBuilder> training = new ArrayList<>();
  private final StringBuilder evaluation = new StringBuilder();

  protected final ProgramSettings settings;
  private final boolean bf16;

  private int block;

  protected ProgramWriter(ProgramSettings settings) {
    this.settings = settings;
    this.bf16 = settings.precision() == Precision.BF16;
    begin(0);
  }

  /** From now on parameters and statements belong to this block, which comes after the others. */
  protected final void begin(int next) {
    block = next;
    while (training.size() <= next) {
      training.add(new StringBuilder());
    }
  }

  /** The same with the block after the one under way. */
  protected final void beginNext() {
    begin(block + 1);
  }

  /** The block under way. */
  protected final int block() {
    return block;
  }

  @Override
  public List<ParameterSpec> parameters() {
    return List.copyOf(parameters);
  }

  @Override
  public List<BufferSpec> buffers() {
    return List.copyOf(buffers);
  }

  @Override
  public String statements(boolean train) {
    return train ? String.join("", training) : evaluation.toString();
  }

  @Override
  public List<String> blocks() {
    return training.stream().map(StringBuilder::toString).toList();
  }

  /** Adds a parameter that is fp32 in every precision and returns its index in {@code p}. */
  protected int parameter(String name, Initialization initialization, long fan, long... shape) {
    parameters.add(new ParameterSpec(name, new Shape(shape), block, initialization, fan, false));
    return parameters.size() - 1;
  }

  /** Adds a weight or bias of a convolution or matrix product, bf16 in precision BF16. */
  protected int operand(String name, Initialization initialization, long fan, long... shape) {
    parameters.add(new ParameterSpec(name, new Shape(shape), block, initialization, fan, true));
    return parameters.size() - 1;
  }

  /** Adds a buffer and returns its index in {@code b}. */
  protected int buffer(String name, int channels) {
    buffers.add(new BufferSpec(name, channels, List.of()));
    return buffers.size() - 1;
  }

  /** Adds a buffer of int64 that never changes and returns its index in {@code b}. */
  protected int buffer(String name, List<Long> constant) {
    buffers.add(new BufferSpec(name, constant.size(), constant));
    return buffers.size() - 1;
  }

  protected void both(String statement) {
    training(statement);
    evaluation(statement);
  }

  protected void training(String statement) {
    training.get(block).append("    ").append(statement).append('\n');
  }

  protected void evaluation(String statement) {
    evaluation.append("    ").append(statement).append('\n');
  }

  /** A value as convolutions and matrix products take it. */
  protected String reduced(String value) {
    return bf16 ? "torch.to(" + value + ", 15)" : value; // 15: torch.bfloat16
  }

  /** A value as norms of layers, sums of tokens, the head and the loss take it. */
  protected String full(String value) {
    return bf16 ? "torch.to(" + value + ", 6)" : value; // 6: torch.float32
  }

  /** Normalises {@code from} over its last dimension of {@code width}. */
  protected void layerNorm(String to, String from, String name, int width) {
    int weight = parameter(name + ".weight", Initialization.ONES, 1, width);
    int bias = parameter(name + ".bias", Initialization.ZEROS, 1, width);
    both(
        "%s = torch.layer_norm(%s, [%d], p[%d], p[%d], %s)"
            .formatted(to, from, width, weight, bias, number(settings.variant().epsilon())));
  }

  /** In training drops values with the settings' probability. */
  protected void dropout(String value) {
    if (settings.dropout() > 0) {
      training(
          "%1$s = torch.dropout(%1$s, %2$s, True)".formatted(value, number(settings.dropout())));
    }
  }

  /**
   * torchvision's {@code StochasticDepth(mode="row")}, timm's {@code DropPath}: in training drops
   * the value of an image as a whole, and divides the others by the probability that they stay.
   *
   * @param dimensions of the value, that of the images first
   */
  protected void stochasticDepth(String value, int dimensions, double probability) {
    if (probability > 0) {
      String kept = number(1 - probability);
      training(
          "d = torch.bernoulli_(torch.new_empty(%1$s, [torch.size(%1$s, 0)%2$s]), %3$s)"
              .formatted(value, ", 1".repeat(dimensions - 1), kept));
      training("%1$s = torch.mul(%1$s, torch.div(d, %2$s))".formatted(value, kept));
    }
  }

  /** The classifier: from [images, width] fp32 to the logits; the last parameters of all. */
  protected void linearHead(
      String name, int width, Initialization ofWeight, Initialization ofBias) {
    int classes = settings.classes();
    int weight = parameter(name + ".weight", ofWeight, width, classes, width);
    int bias = parameter(name + ".bias", ofBias, width, classes);
    both("h = torch.linear(h, p[%d], p[%d])".formatted(weight, bias));
  }

  /** A floating-point literal of TorchScript that reads back as the same double. */
  protected static String number(double value) {
    return Double.toString(value).toLowerCase(Locale.ROOT);
  }
}
