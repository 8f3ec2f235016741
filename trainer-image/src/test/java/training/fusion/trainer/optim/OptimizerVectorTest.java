package training.fusion.trainer.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtSymbolBlock;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import training.fusion.api.Optimizer;
import training.fusion.api.OptimizerDefaults;
import training.fusion.api.OptimizerType;
import training.fusion.trainer.model.Golden;
import training.fusion.trainer.model.Libtorch;
import training.fusion.trainer.model.ScriptArchive;

/** Twelve steps of each rule on a vector of six, against torch.optim in fp64. */
@NullUnmarked
class OptimizerVectorTest {
  private static final Map<String, Optimizer> RULES =
      Map.of(
          "sgdPlain", sgd(null, null, null, null),
          "sgd", sgd(1e-4, 0.9, null, null),
          "sgdDampening", sgd(null, 0.9, 0.5, null),
          "nesterov", sgd(1e-4, 0.9, null, true),
          "adam", adam(OptimizerType.ADAM, 1e-3, null, null, null, null),
          "adamDecay", adam(OptimizerType.ADAM, 1e-3, 0.01, null, null, null),
          "adamBetas", adam(OptimizerType.ADAM, 1e-2, null, 0.8, 0.95, 1e-4),
          "adamw", adam(OptimizerType.ADAMW, 1e-3, 0.05, null, null, null));

  @TestFactory
  List<DynamicTest> everyRuleIsTorchOptims() {
    JsonNode golden = Golden.read("optimizers.json");
    assertThat(golden.size()).isEqualTo(RULES.size());
    return RULES.entrySet().stream()
        .map(
            rule ->
                DynamicTest.dynamicTest(
                    rule.getKey(), () -> compare(rule.getValue(), golden.get(rule.getKey()))))
        .toList();
  }

  private static void compare(Optimizer rule, JsonNode trace) {
    try (NDManager manager = NDManager.newBaseManager(Libtorch.start(0, 1))) {
      Optimizer resolved = OptimizerDefaults.resolve(rule);
      PtSymbolBlock program =
          ScriptArchive.compile(
              manager, OptimizerProgram.STATE_METHODS + OptimizerProgram.updateText(0, resolved));
      float[] start = new float[6];
      for (int i = 0; i < 6; i++) {
        start[i] = (float) Golden.u(50, i);
      }
      NDArray parameter = manager.create(start);
      var state =
          new GroupState(
              0,
              new ParameterGroup("all", resolved, 0, 0, 6),
              List.of("p"),
              List.of(parameter),
              program,
              manager);
      for (int step = 1; step <= 12; step++) {
        float[] now = parameter.toFloatArray();
        float[] gradient = new float[6];
        for (int i = 0; i < 6; i++) {
          gradient[i] =
              (float) (Golden.u(60 + step, i) * (1 + 0.5 * Golden.u(80, i)) + 0.05 * now[i]);
        }
        PtNDArray[] gradients = {(PtNDArray) manager.create(gradient)};
        double rate = java.util.Objects.requireNonNull(resolved.learningRate());
        state.update(program, gradients, rate, step);
        float[] after = parameter.toFloatArray();
        for (int i = 0; i < 6; i++) {
          assertThat((double) after[i])
              .as("element %d after step %d", i, step)
              .isCloseTo(trace.get(step - 1).get(i).asDouble(), within(2e-6));
        }
      }
    }
  }

  private static Optimizer sgd(Double decay, Double momentum, Double dampening, Boolean nesterov) {
    return new Optimizer(
        OptimizerType.SGD, 0.01, decay, momentum, dampening, nesterov, null, null, null, null);
  }

  private static Optimizer adam(
      OptimizerType type, double rate, Double decay, Double beta1, Double beta2, Double epsilon) {
    return new Optimizer(type, rate, decay, null, null, null, beta1, beta2, epsilon, null);
  }
}
