package training.fusion.trainer.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtSymbolBlock;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import training.fusion.api.Optimization;
import training.fusion.api.Optimizer;
import training.fusion.api.OptimizerType;
import training.fusion.trainer.model.Golden;
import training.fusion.trainer.model.Libtorch;
import training.fusion.trainer.model.ScriptArchive;

/** Twelve steps of each rule on a vector of six, against torch.optim in fp64. */
@Tag("libtorch")
@NullUnmarked
class OptimizerVectorTest {
  /** The rules of optimizers.py. */
  static final Map<String, Optimization> RULES =
      Map.ofEntries(
          Map.entry("sgdPlain", single(sgd(null, null, null, null))),
          Map.entry("sgd", single(sgd(1e-4, 0.9, null, null))),
          Map.entry("sgdDampening", single(sgd(null, 0.9, 0.5, null))),
          Map.entry("nesterov", single(sgd(1e-4, 0.9, null, true))),
          Map.entry("adam", single(adam(OptimizerType.ADAM, 1e-3, null, null, null, null, null))),
          Map.entry(
              "adamDecay", single(adam(OptimizerType.ADAM, 1e-3, 0.01, null, null, null, null))),
          Map.entry(
              "adamBetas", single(adam(OptimizerType.ADAM, 1e-2, null, 0.8, 0.95, 1e-4, null))),
          Map.entry("adamw", single(adam(OptimizerType.ADAMW, 1e-3, 0.05, null, null, null, null))),
          Map.entry("radam", single(adam(OptimizerType.RADAM, 1e-2, null, null, null, null, null))),
          Map.entry(
              "radamDecay", single(adam(OptimizerType.RADAM, 1e-2, 0.01, null, null, 1e-3, null))),
          Map.entry("nadam", single(adam(OptimizerType.NADAM, null, null, null, null, null, null))),
          Map.entry(
              "nadamDecay", single(adam(OptimizerType.NADAM, 1e-2, 0.01, 0.8, 0.95, null, 0.1))),
          Map.entry("swats", swats(null, null, null)),
          Map.entry("swatsSwitch", swats(0.0045, null, null)),
          Map.entry("swatsRelative", swats(null, 0.3, 3)),
          Map.entry("mas", mas(null, null, null, null)),
          Map.entry("masWeights", mas(0.3, 0.8, 0.7, 0.01)));

  @TestFactory
  List<DynamicTest> everyRuleIsPyTorchsByWhateverMeans() {
    JsonNode golden = Golden.read("optimizers.json");
    assertThat(golden.size()).isEqualTo(RULES.size());
    return RULES.entrySet().stream()
        .flatMap(
            rule ->
                Stream.of(Means.values())
                    .map(
                        means ->
                            DynamicTest.dynamicTest(
                                rule.getKey() + ", " + means,
                                () ->
                                    compare(
                                        UpdateRule.ofAll(rule.getValue()),
                                        means,
                                        golden.get(rule.getKey())))))
        .toList();
  }

  private static void compare(UpdateRule rule, Means means, JsonNode golden) {
    try (NDManager manager = NDManager.newBaseManager(Libtorch.start(0, 1))) {
      PtSymbolBlock program =
          ScriptArchive.compile(
              manager,
              OptimizerProgram.STATE_METHODS + OptimizerProgram.updateText(0, rule, means.mask()));
      float[] start = new float[6];
      for (int i = 0; i < 6; i++) {
        start[i] = (float) Golden.u(50, i);
      }
      NDArray parameter = manager.create(start);
      var state =
          new GroupState(
              0,
              new ParameterGroup("all", rule, 0, 0, 6, null, null),
              List.of("p"),
              List.of(parameter),
              name -> true,
              program,
              manager,
              means.onHost());
      PtNDArray finite = (PtNDArray) manager.create(new double[] {1});
      PtNDArray notFinite = (PtNDArray) manager.create(new double[] {0});
      for (int step = 1; step <= 12; step++) {
        float[] now = parameter.toFloatArray();
        float[] gradient = new float[6];
        for (int i = 0; i < 6; i++) {
          gradient[i] =
              (float) (Golden.u(60 + step, i) * (1 + 0.5 * Golden.u(80, i)) + 0.05 * now[i]);
        }
        Map<String, double[]> before = values(state, parameter);
        PtNDArray[] poison = {
          (PtNDArray) manager.create(new float[] {Float.NaN, 1, Float.POSITIVE_INFINITY, 2, -3, 0})
        };
        state.update(program, poison, notFinite, 1, step);
        Map<String, double[]> after = values(state, parameter);
        before.forEach((name, values) -> assertThat(after.get(name)).as(name).isEqualTo(values));

        PtNDArray[] gradients = {(PtNDArray) manager.create(gradient)};
        state.update(program, gradients, finite, 1, step);
        float[] moved = parameter.toFloatArray();
        for (int i = 0; i < 6; i++) {
          assertThat((double) moved[i])
              .as("element %d after step %d", i, step)
              .isCloseTo(golden.get("trace").get(step - 1).get(i).asDouble(), within(2e-6));
        }
        if (golden.has("rates") && step <= golden.get("rates").size()) {
          double[] scalars = state.scalars().toDoubleArray();
          JsonNode rates = golden.get("rates").get(step - 1);
          assertThat(scalars[0]).as("γ").isCloseTo(rates.get(0).asDouble(), withinPercentage(0.01));
          assertThat(scalars[1]).as("Λ").isCloseTo(rates.get(1).asDouble(), withinPercentage(0.01));
        }
      }
      if (golden.has("switchStep")) {
        assertThat(state.scalars().toDoubleArray()[2])
            .isEqualTo(golden.get("switchStep").asDouble());
      }
    }
  }

  private static Map<String, double[]> values(GroupState state, NDArray parameter) {
    Map<String, NDArray> arrays = new LinkedHashMap<>();
    arrays.put("p", parameter);
    state.collect(arrays);
    Map<String, double[]> values = new LinkedHashMap<>();
    arrays.forEach(
        (name, array) -> values.put(name, array.toType(DataType.FLOAT64, true).toDoubleArray()));
    return values;
  }

  private static Optimization single(Optimizer optimizer) {
    return new Optimization(null, new Optimization.Single(optimizer), null, null);
  }

  private static Optimization swats(Double tolerance, Double relative, Integer minimumSteps) {
    return new Optimization(
        null,
        null,
        new Optimization.Swats(0.01, null, null, null, tolerance, relative, minimumSteps),
        null);
  }

  private static Optimization mas(Double sgd, Double adam, Double momentum, Double decay) {
    return new Optimization(
        null, null, null, new Optimization.Mas(0.01, sgd, adam, momentum, null, null, null, decay));
  }

  private static Optimizer sgd(Double decay, Double momentum, Double dampening, Boolean nesterov) {
    return new Optimizer(
        OptimizerType.SGD, 0.01, decay, momentum, dampening, nesterov, null, null, null, null);
  }

  private static Optimizer adam(
      OptimizerType type,
      Double rate,
      Double decay,
      Double beta1,
      Double beta2,
      Double epsilon,
      Double momentumDecay) {
    return new Optimizer(type, rate, decay, null, null, null, beta1, beta2, epsilon, momentumDecay);
  }
}
