package training.fusion.trainer.optim;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.IValueUtils;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of a group with the state of its rule. Those with weight decay come first, so that
 * one call updates both kinds.
 */
final class GroupState {
  private final int index;
  private final ParameterGroup group;
  private final List<String> names;
  private final int[] order;
  private final PtNDArray[] decaying;
  private final PtNDArray[] parameters;
  private final List<PtNDArray[]> slots = new ArrayList<>();
  private final PtNDArray scalars;
  private final @Nullable HostUpdate host;

  /**
   * A state of zeros.
   *
   * @param names of the parameters, in the order in which gradients come
   * @param decays whether weight decay acts on a parameter
   * @param onHost whether the host updates what it can: parameters are in its memory
   */
  GroupState(
      int index,
      ParameterGroup group,
      List<String> names,
      List<NDArray> parameters,
      Predicate<String> decays,
      PtSymbolBlock program,
      NDManager manager,
      boolean onHost) {
    this.index = index;
    this.group = group;
    this.names = names;
    this.order =
        IntStream.concat(
                IntStream.range(0, names.size()).filter(i -> decays.test(names.get(i))),
                IntStream.range(0, names.size()).filter(i -> !decays.test(names.get(i))))
            .toArray();
    this.parameters = ordered(array(parameters));
    this.decaying = Arrays.copyOf(this.parameters, (int) names.stream().filter(decays).count());
    for (String slot : group.rule().slots()) {
      slots.add(filled(group.rule().initially(slot), program, manager));
    }
    this.scalars = (PtNDArray) manager.zeros(new Shape(group.rule().scalars()), DataType.FLOAT64);
    this.host =
        onHost && group.rule() instanceof UpdateRule.OnHost && this.parameters.length > 0
            ? new HostUpdate(this.parameters, decaying.length, slots, program, manager)
            : null;
  }

  ParameterGroup group() {
    return group;
  }

  int size() {
    return parameters.length;
  }

  /** The parameters; not to be changed. */
  List<PtNDArray> parameters() {
    return List.of(parameters);
  }

  /** Numbers that the rule keeps on the device for all its parameters, fp64; perhaps none. */
  PtNDArray scalars() {
    return scalars;
  }

  /**
   * One update, of nothing if {@code measured} says that the step is not finite.
   *
   * @param gradients in the parameters' own order
   * @param peakShare what the schedule multiplies the learning rate by
   * @param step from 1
   */
  void update(
      PtSymbolBlock program,
      PtNDArray[] gradients,
      PtNDArray measured,
      double peakShare,
      long step) {
    if (host != null && group.rule() instanceof UpdateRule.OnHost rule) {
      if (measured.toDoubleArray()[0] > 0) {
        host.step(rule, ordered(gradients), peakShare, step);
      }
      return;
    }
    List<IValue> arguments = new ArrayList<>();
    arguments.add(IValue.listFrom(parameters));
    arguments.add(IValue.listFrom(ordered(gradients)));
    slots.forEach(slot -> arguments.add(IValue.listFrom(slot)));
    arguments.add(IValue.from(measured));
    arguments.add(IValue.from(scalars));
    arguments.add(IValue.listFrom(decaying));
    new TreeMap<>(group.rule().numbers(peakShare, step))
        .values()
        .forEach(number -> arguments.add(IValue.from(number.doubleValue())));
    try (IValue none =
        IValueUtils.runMethod(
            program, OptimizerProgram.update(index), arguments.toArray(new IValue[0]))) {
      assert none != null;
    } finally {
      arguments.forEach(IValue::close);
    }
  }

  /** Adds the state's arrays by name, such as {@code exp_avg.features.0.0.weight}. */
  void collect(Map<String, NDArray> state) {
    for (int slot = 0; slot < slots.size(); slot++) {
      for (int i = 0; i < order.length; i++) {
        state.put(group.rule().slots().get(slot) + "." + names.get(order[i]), slots.get(slot)[i]);
      }
    }
    if (group.rule().scalars() > 0) {
      state.put("scalars", scalars);
    }
  }

  private PtNDArray[] filled(double value, PtSymbolBlock program, NDManager manager) {
    PtNDArray[] slot = zeros(parameters, program, manager);
    if (value != 0) {
      for (PtNDArray array : slot) {
        array.addi(value);
      }
    }
    return slot;
  }

  private PtNDArray[] ordered(PtNDArray[] arrays) {
    return IntStream.of(order).mapToObj(i -> arrays[i]).toArray(PtNDArray[]::new);
  }

  /** Zeros of the same shapes and memory formats, kept with {@code manager}. */
  static PtNDArray[] zeros(PtNDArray[] like, PtSymbolBlock program, NDManager manager) {
    try (NDManager scope = manager.newSubManager()) {
      NDArray name = scope.create(0);
      name.setName("module_method:zeros");
      NDList inputs = new NDList(name);
      for (PtNDArray parameter : like) { // parameters keep the names that their network gave them
        NDArray alias = parameter.stopGradient();
        alias.attach(scope);
        alias.setName("like[]");
        inputs.add(alias);
      }
      NDList zeros = IValueUtils.forward(program, inputs, true);
      zeros.attach(manager);
      return array(zeros);
    }
  }

  static PtNDArray[] array(List<NDArray> arrays) {
    return arrays.stream().map(a -> (PtNDArray) a).toArray(PtNDArray[]::new);
  }
}
