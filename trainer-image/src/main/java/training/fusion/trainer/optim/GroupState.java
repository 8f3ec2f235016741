package training.fusion.trainer.optim;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.IValueUtils;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import training.fusion.api.Optimizer;
import training.fusion.api.OptimizerType;

/** The parameters of a group with the state of its rule. */
final class GroupState {
  private final int index;
  private final ParameterGroup group;
  private final List<String> names;
  private final PtNDArray[] parameters;
  private final PtNDArray[] first;
  private final PtNDArray[] second;

  GroupState(
      int index,
      ParameterGroup group,
      List<String> names,
      List<NDArray> parameters,
      PtSymbolBlock program,
      NDManager manager) {
    this.index = index;
    this.group = group;
    this.names = names;
    this.parameters = array(parameters);
    boolean moments = group.optimizer().type() != OptimizerType.SGD;
    boolean momentum = !moments && Objects.requireNonNull(group.optimizer().momentum()) > 0;
    this.first = moments || momentum ? zeros(parameters, program, manager) : new PtNDArray[0];
    this.second = moments ? zeros(parameters, program, manager) : new PtNDArray[0];
  }

  ParameterGroup group() {
    return group;
  }

  int size() {
    return parameters.length;
  }

  /**
   * One update.
   *
   * @param rate learning rate of this step
   * @param step from 1
   */
  void update(PtSymbolBlock program, PtNDArray[] gradients, double rate, long step) {
    Optimizer optimizer = group.optimizer();
    List<IValue> arguments = new ArrayList<>();
    arguments.add(IValue.listFrom(parameters));
    arguments.add(IValue.listFrom(gradients));
    arguments.add(IValue.listFrom(first));
    arguments.add(IValue.listFrom(second));
    if (optimizer.type() == OptimizerType.SGD) {
      arguments.add(IValue.from(rate));
      arguments.add(IValue.from(step == 1 ? 1.0 : 1 - number(optimizer.dampening())));
    } else {
      double correction1 = 1 - StrictMath.pow(number(optimizer.beta1()), (double) step);
      double correction2 = 1 - StrictMath.pow(number(optimizer.beta2()), (double) step);
      arguments.add(IValue.from(rate / correction1));
      arguments.add(IValue.from(Math.sqrt(correction2)));
      arguments.add(IValue.from(1 - rate * number(optimizer.weightDecay())));
    }
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
    boolean sgd = group.optimizer().type() == OptimizerType.SGD;
    for (int i = 0; i < first.length; i++) {
      state.put((sgd ? "momentum_buffer." : "exp_avg.") + names.get(i), first[i]);
    }
    for (int i = 0; i < second.length; i++) {
      state.put("exp_avg_sq." + names.get(i), second[i]);
    }
  }

  private static double number(@org.jspecify.annotations.Nullable Double value) {
    return Objects.requireNonNull(value, "defaults are filled in");
  }

  private static PtNDArray[] zeros(List<NDArray> like, PtSymbolBlock program, NDManager manager) {
    try (NDManager scope = manager.newSubManager()) {
      NDArray name = scope.create(0);
      name.setName("module_method:zeros");
      NDList inputs = new NDList(name);
      for (NDArray parameter : like) { // the parameters keep the names that their network gave them
        NDArray alias = ((PtNDArray) parameter).stopGradient();
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
