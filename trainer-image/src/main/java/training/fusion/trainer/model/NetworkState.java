package training.fusion.trainer.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValueUtils;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import training.fusion.trainer.model.architecture.BufferSpec;
import training.fusion.trainer.model.architecture.ParameterSpec;

/** A network's parameters and buffers on its device, live. */
final class NetworkState {
  private static final int INITIALIZED_AT_ONCE = 12;

  private final NDManager manager;
  private final PtSymbolBlock program;
  private final ArchitectureTable table;
  private final NDList parameters;
  private final NDList buffers;

  /** What the program reads: the parameters, but for the operands in BF16 their bf16 copies. */
  private final NDList read;

  private final OperandCopies operands;

  /**
   * @param brought whether the program begins with values of its own, in the table's order
   * @param reduced whether the program reads copies of its operands in bf16
   * @param seed of initial weights otherwise
   */
  NetworkState(
      NDManager manager,
      PtSymbolBlock program,
      ArchitectureTable table,
      boolean brought,
      boolean reduced,
      long seed) {
    this.manager = manager;
    this.program = program;
    this.table = table;
    if (brought) {
      NDList all = broughtState();
      int count = table.parameters().size();
      this.parameters = new NDList(all.subList(0, count));
      this.buffers = new NDList(all.subList(count, all.size()));
    } else {
      this.parameters = initialParameters(seed);
      this.buffers = initialBuffers();
    }
    this.operands =
        reduced
            ? OperandCopies.of(
                parameters, table, program, masters -> transformed("reduce", masters))
            : OperandCopies.NONE;
    this.read = operands.inPlaceOf(parameters);
  }

  /** A few parameters at a time: nowhere are there two copies of all of them. */
  private NDList initialParameters(long seed) {
    List<ParameterSpec> specs = table.parameters();
    NDList initial = new NDList(specs.size());
    for (int from = 0; from < specs.size(); from += INITIALIZED_AT_ONCE) {
      int end = Math.min(specs.size(), from + INITIALIZED_AT_ONCE);
      List<float[]> values =
          IntStream.range(from, end)
              .parallel()
              .mapToObj(i -> Initializer.values(specs.get(i), i, seed))
              .toList();
      try (NDManager scope = manager.newSubManager()) {
        NDArray[] rowMajor = new NDArray[end - from];
        for (int i = from; i < end; i++) {
          rowMajor[i - from] = scope.create(values.get(i - from), specs.get(i).shape());
        }
        initial.addAll(transformed("arrange", rowMajor));
      }
    }
    return initial;
  }

  private NDList initialBuffers() {
    NDList initial = new NDList();
    for (BufferSpec spec : table.buffers()) {
      NDArray array;
      if (spec.counter()) {
        array = manager.zeros(new Shape(), DataType.INT64);
      } else if (spec.isConstant()) {
        array = manager.create(spec.constant().stream().mapToLong(Long::longValue).toArray());
      } else if (spec.name().endsWith("running_var")) {
        array = manager.ones(new Shape(spec.channels()));
      } else {
        array = manager.zeros(new Shape(spec.channels()));
      }
      array.setName("state[]");
      initial.add(array);
    }
    return initial;
  }

  /** What a program of somebody else begins with: parameters, then buffers. */
  private NDList broughtState() {
    try (NDArray none = manager.zeros(new Shape(1))) {
      return transformed("initial", new NDArray[] {none});
    }
  }

  /** What a method that maps a list of tensors makes of them, kept with the network. */
  private NDList transformed(String method, NDArray[] arrays) {
    try (NDManager scope = manager.newSubManager()) {
      NDList inputs = new NDList(Network.method(method, scope));
      for (NDArray array : arrays) { // an array keeps the name that it has elsewhere
        NDArray alias = ((PtNDArray) array).stopGradient();
        alias.attach(scope);
        alias.setName("tensors[]");
        inputs.add(alias);
      }
      NDList out = IValueUtils.forward(program, inputs, true);
      out.attach(manager);
      out.forEach(a -> a.setName("state[]"));
      return out;
    }
  }

  /** Live, in the table's order. */
  NDList parameters() {
    return parameters;
  }

  /** What the program takes of it: parameters as it reads them, then buffers. */
  NDList inputs() {
    NDList inputs = new NDList(read);
    inputs.addAll(buffers);
    return inputs;
  }

  /** Live parameters and buffers by torchvision's names; fp32, the counters int64. */
  Map<String, NDArray> byName() {
    Map<String, NDArray> state = new LinkedHashMap<>();
    for (int i = 0; i < parameters.size(); i++) {
      state.put(table.parameters().get(i).name(), parameters.get(i));
    }
    for (int i = 0; i < buffers.size(); i++) {
      state.put(table.buffers().get(i).name(), buffers.get(i));
    }
    return state;
  }

  /** Copies values in place, {@code state} having the names and shapes of {@link #byName}. */
  void load(Map<String, NDArray> state) {
    StateCopy.into(byName(), state, program);
  }

  /** The operands' copies follow all parameters. */
  void refresh() {
    operands.refresh();
  }

  /** The operands' copies follow the parameters from one index to before another. */
  void refresh(int from, int end) {
    operands.refresh(from, end);
  }

  /** Runs passes and gives the buffers the values back that they had before. */
  void leavingBuffers(Runnable passes) {
    try (NDManager scope = manager.newSubManager()) {
      NDArray[] kept = buffers.stream().map(NDArray::duplicate).toArray(NDArray[]::new);
      List.of(kept).forEach(copy -> copy.attach(scope));
      passes.run();
      StateCopy.copy(Network.toArray(buffers), Network.toArray(List.of(kept)), program);
    }
  }
}
