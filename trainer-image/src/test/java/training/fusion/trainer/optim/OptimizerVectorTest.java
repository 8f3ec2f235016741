package training.fusion.trainer.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtSymbolBlock;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import training.fusion.api.Optimization;
import training.fusion.trainer.model.Golden;
import training.fusion.trainer.model.Libtorch;
import training.fusion.trainer.model.ScriptArchive;

/** Twelve steps of each rule on a vector of six, against torch.optim in fp64. */
@Tag("libtorch")
@NullUnmarked
class OptimizerVectorTest {
  /** The rules of optimizers.py, as a FusionTraining asks for them. */
  private static final String RULES =
      """
      sgdPlain: {single: {optimizer: {type: SGD, learningRate: 0.01}}}
      sgd: {single: {optimizer: {type: SGD, learningRate: 0.01, momentum: 0.9, weightDecay: 0.0001}}}
      sgdDampening: {single: {optimizer: {type: SGD, learningRate: 0.01, momentum: 0.9, dampening: 0.5}}}
      nesterov: {single: {optimizer: {type: SGD, learningRate: 0.01, momentum: 0.9, weightDecay: 0.0001, nesterov: true}}}
      adam: {single: {optimizer: {type: Adam}}}
      adamDecay: {single: {optimizer: {type: Adam, weightDecay: 0.01}}}
      adamBetas: {single: {optimizer: {type: Adam, learningRate: 0.01, beta1: 0.8, beta2: 0.95, epsilon: 0.0001}}}
      adamAmsgrad: {single: {optimizer: {type: Adam, learningRate: 0.01, beta1: 0.9, beta2: 0.9, amsgrad: true}}}
      adamw: {single: {optimizer: {type: AdamW, weightDecay: 0.05}}}
      adamwAmsgrad: {single: {optimizer: {type: AdamW, learningRate: 0.01, beta2: 0.9, weightDecay: 0.05, amsgrad: true}}}
      radam: {single: {optimizer: {type: RAdam, learningRate: 0.01}}}
      radamDecay: {single: {optimizer: {type: RAdam, learningRate: 0.01, weightDecay: 0.01, epsilon: 0.001}}}
      radamDecoupled: {single: {optimizer: {type: RAdam, learningRate: 0.01, weightDecay: 0.5, decoupledWeightDecay: true}}}
      nadam: {single: {optimizer: {type: NAdam}}}
      nadamDecay: {single: {optimizer: {type: NAdam, learningRate: 0.01, weightDecay: 0.01, beta1: 0.8, beta2: 0.95, momentumDecay: 0.1}}}
      nadamDecoupled: {single: {optimizer: {type: NAdam, learningRate: 0.01, weightDecay: 0.5, decoupledWeightDecay: true}}}
      adamax: {single: {optimizer: {type: Adamax, weightDecay: 0.01}}}
      adamaxBetas: {single: {optimizer: {type: Adamax, learningRate: 0.02, beta1: 0.8, beta2: 0.95, epsilon: 0.001}}}
      adadelta: {single: {optimizer: {type: Adadelta, weightDecay: 0.01}}}
      adadeltaRho: {single: {optimizer: {type: Adadelta, learningRate: 0.5, rho: 0.5, epsilon: 0.001}}}
      adagrad: {single: {optimizer: {type: Adagrad, weightDecay: 0.01}}}
      adagradDecay: {single: {optimizer: {type: Adagrad, learningRate: 0.1, learningRateDecay: 0.1, initialAccumulatorValue: 0.1, epsilon: 0.001}}}
      rmsprop: {single: {optimizer: {type: RMSprop, weightDecay: 0.01}}}
      rmspropMomentum: {single: {optimizer: {type: RMSprop, momentum: 0.9, alpha: 0.9}}}
      rmspropCentered: {single: {optimizer: {type: RMSprop, centered: true, epsilon: 0.001}}}
      rmspropBoth: {single: {optimizer: {type: RMSprop, centered: true, momentum: 0.5, alpha: 0.9, epsilon: 0.001}}}
      rmspropTf: {single: {optimizer: {type: RMSpropTF, weightDecay: 0.01}}}
      rmspropTfMomentum: {single: {optimizer: {type: RMSpropTF, momentum: 0.9, epsilon: 0.001}}}
      rmspropTfCentered: {single: {optimizer: {type: RMSpropTF, centered: true, alpha: 0.99}}}
      rmspropTfBoth: {single: {optimizer: {type: RMSpropTF, centered: true, momentum: 0.5, weightDecay: 0.01}}}
      asgd: {single: {optimizer: {type: ASGD, weightDecay: 0.01}}}
      asgdAverages: {single: {optimizer: {type: ASGD, learningRate: 0.1, lambda: 0.01, alpha: 0.5, t0: 3}}}
      lion: {single: {optimizer: {type: Lion, learningRate: 0.01, weightDecay: 0.5}}}
      lionBetas: {single: {optimizer: {type: Lion, learningRate: 0.01, beta1: 0.5, beta2: 0.8}}}
      lamb: {single: {optimizer: {type: LAMB, learningRate: 0.01}}}
      lambNorm: {single: {optimizer: {type: LAMB, learningRate: 0.01, maxGradNorm: 0.3, weightDecay: 0.1}}}
      lambUncut: {single: {optimizer: {type: LAMB, learningRate: 0.01, maxGradNorm: 0, weightDecay: 0}}}
      lambAdapts: {single: {optimizer: {type: LAMB, learningRate: 0.01, weightDecay: 0, alwaysAdapt: true}}}
      lambTrust: {single: {optimizer: {type: LAMB, learningRate: 0.01, trustClip: true, beta1: 0.8, beta2: 0.95}}}
      swats: {swats: {learningRate: 0.01}}
      swatsSwitch: {swats: {learningRate: 0.01, tolerance: 0.0045}}
      swatsRelative: {swats: {learningRate: 0.01, relativeTolerance: 0.3, minimumSteps: 3}}
      mas: {mas: {learningRate: 0.01}}
      masWeights: {mas: {learningRate: 0.01, sgdWeight: 0.3, adamWeight: 0.8, momentum: 0.7, weightDecay: 0.01}}
      """;

  /** The rules of optimizers.py by name. */
  static Map<String, Optimization> rules() {
    try {
      return new YAMLMapper()
          .readValue(RULES, new TypeReference<LinkedHashMap<String, Optimization>>() {});
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  @TestFactory
  List<DynamicTest> everyRuleIsPyTorchsByWhateverMeans() {
    JsonNode golden = Golden.read("optimizers.json");
    Map<String, Optimization> rules = rules();
    assertThat(golden.size()).isEqualTo(rules.size());
    return rules.entrySet().stream()
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
}
