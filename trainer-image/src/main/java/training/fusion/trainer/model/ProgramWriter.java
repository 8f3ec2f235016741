package training.fusion.trainer.model;

import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import training.fusion.trainer.model.ParameterSpec.Initialization;

/** Collects the parameters, buffers and statements of a program while its table is walked. */
abstract class ProgramWriter implements ArchitectureProgram {
  private final List<ParameterSpec> parameters = new ArrayList<>();
  private final List<BufferSpec> buffers = new ArrayList<>();
  private final StringBuilder training = new StringBuilder();
  private final StringBuilder evaluation = new StringBuilder();

  /** The block that new parameters belong to. */
  int block;

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

  /** Adds a parameter and returns its index in {@code p}. */
  int parameter(String name, Initialization initialization, long fan, long... shape) {
    parameters.add(new ParameterSpec(name, new Shape(shape), block, initialization, fan));
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

  /** A floating-point literal of TorchScript that reads back as the same double. */
  static String number(double value) {
    return Double.toString(value).toLowerCase(Locale.ROOT);
  }
}
