package training.fusion.trainer.model;

import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import training.fusion.api.Training.Precision;
import training.fusion.trainer.model.ParameterSpec.Initialization;

/** Collects the parameters, buffers and statements of a program while its table is walked. */
abstract class ProgramWriter implements ArchitectureProgram {
  private final List<ParameterSpec> parameters = new ArrayList<>();
  private final List<BufferSpec> buffers = new ArrayList<>();
  private final StringBuilder training = new StringBuilder();
  private final StringBuilder evaluation = new StringBuilder();

  private final boolean bf16;

  /** The block that new parameters belong to. */
  int block;

  ProgramWriter(Precision precision) {
    bf16 = precision == Precision.BF16;
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
    return (train ? training : evaluation).toString();
  }

  /** Adds a parameter that is fp32 in every precision and returns its index in {@code p}. */
  int parameter(String name, Initialization initialization, long fan, long... shape) {
    parameters.add(new ParameterSpec(name, new Shape(shape), block, initialization, fan, false));
    return parameters.size() - 1;
  }

  /** Adds a weight or bias of a convolution or matrix product, bf16 in precision BF16. */
  int operand(String name, Initialization initialization, long fan, long... shape) {
    parameters.add(new ParameterSpec(name, new Shape(shape), block, initialization, fan, true));
    return parameters.size() - 1;
  }

  /** Adds a buffer and returns its index in {@code b}. */
  int buffer(String name, int channels) {
    buffers.add(new BufferSpec(name, channels));
    return buffers.size() - 1;
  }

  void both(String statement) {
    training(statement);
    evaluation(statement);
  }

  void training(String statement) {
    training.append("    ").append(statement).append('\n');
  }

  void evaluation(String statement) {
    evaluation.append("    ").append(statement).append('\n');
  }

  /** A value as convolutions and matrix products take it. */
  String reduced(String value) {
    return bf16 ? "torch.to(" + value + ", 15)" : value; // 15: torch.bfloat16
  }

  /** A value as norms of layers, sums of tokens, the head and the loss take it. */
  String full(String value) {
    return bf16 ? "torch.to(" + value + ", 6)" : value; // 6: torch.float32
  }

  /** A floating-point literal of TorchScript that reads back as the same double. */
  static String number(double value) {
    return Double.toString(value).toLowerCase(Locale.ROOT);
  }
}
