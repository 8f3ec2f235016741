package training.fusion.trainer.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import training.fusion.api.Architecture;
import training.fusion.api.Optimization;
import training.fusion.api.Training.Precision;
import training.fusion.api.Training.UpdateOrder;
import training.fusion.trainer.model.ArchitectureTable;
import training.fusion.trainer.model.Golden;

@Tag("libtorch")
@NullUnmarked
@DisplayName("Whenever a step updates the weights")
class UpdateOrderTest {
  private static final int STEPS = 2;

  /** Losses, norms, rates and finiteness of each step; then weights, buffers and state. */
  private record Trained(List<StepOutcome> outcomes, Map<String, float[]> state) {}

  @ParameterizedTest(name = "{0}, {2}, {3} passes: {1}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          PIXELS_32 | {single: {optimizer: {type: SGD, learningRate: 1e-2, momentum: 0.9, nesterov: true, weightDecay: 1e-2}}} | FP32 | 1
          PIXELS_32 | {fusion: {lowLevel: {lastBlock: 5, optimizer: {type: Adam}}, highLevel: {optimizer: {type: SGD}}}} | BF16 | 1
          PIXELS_32 | {fusion: {lowLevel: {lastBlock: 2, optimizer: {type: AdamW}, maxGradNorm: 0.1}, highLevel: {optimizer: {type: RAdam}}}} | FP32 | 3
          PIXELS_32 | {fusion: {lowLevel: {lastBlock: 0, optimizer: {type: NAdam}, maxGradNorm: 0.1}, highLevel: {optimizer: {type: Adamax}, maxGradNorm: 0.2}}} | FP32 | 1
          PIXELS_32 | {fusion: {lowLevel: {lastBlock: 3, optimizer: {type: None}}, highLevel: {optimizer: {type: Adadelta}}}} | FP32 | 1
          PIXELS_32 | {fusion: {lowLevel: {lastBlock: 3, optimizer: {type: Adagrad}}, highLevel: {optimizer: {type: None}}}} | FP32 | 1
          PIXELS_32 | {fusion: {lowLevel: {lastBlock: 4, optimizer: {type: RMSprop}}, highLevel: {optimizer: {type: LAMB}}}} | FP32 | 1
          PIXELS_32 | {levels: [{lastBlock: 1, optimizer: {type: Adam}}, {lastBlock: 4, optimizer: {type: None}}, {optimizer: {type: SGD, momentum: 0.9}}], learningRateDecay: 0.7} | FP32 | 1
          PIXELS_32 | {mas: {sgdWeight: 0.5, adamWeight: 0.5}} | FP32 | 1
          VIT       | {fusion: {lowLevel: {lastBlock: 5, optimizer: {type: ASGD}}, highLevel: {optimizer: {type: Lion}}}} | BF16 | 2
          """)
  @DisplayName("they are the same, bit for bit, and so are its figures")
  void sameBits(Golden golden, String strategy, Precision precision, int passes) {
    Optimization optimization = GoldenTraining.read(strategy);
    Trained after = trained(golden, optimization, precision, passes, UpdateOrder.AFTER_BACKWARD);
    for (UpdateOrder order : List.of(UpdateOrder.DURING_BACKWARD, UpdateOrder.DURING_FORWARD)) {
      Trained other = trained(golden, optimization, precision, passes, order);
      assertThat(other.outcomes).as("%s", order).isEqualTo(after.outcomes);
      assertThat(other.state.keySet()).containsExactlyInAnyOrderElementsOf(after.state.keySet());
      after.state.forEach(
          (name, values) ->
              assertThat(Arrays.mismatch(other.state.get(name), values))
                  .as("%s: first element of %s that differs", order, name)
                  .isEqualTo(-1));
    }
  }

  @Test
  @DisplayName("no block before a gradient that is not finite is updated")
  void notFinite() {
    Optimization optimization = GoldenTraining.read("{single: {optimizer: {type: Adam}}}");
    for (UpdateOrder order : List.of(UpdateOrder.DURING_BACKWARD, UpdateOrder.DURING_FORWARD)) {
      try (GoldenTraining learned =
          GoldenTraining.of(Golden.PIXELS_32, optimization, Precision.FP32, order, null)) {
        learned.step(1, 1, 1);
        learned.training().complete();
        Map<String, float[]> before = learned.state();
        assertThat(learned.step(2, 1, Float.NaN).finite()).isFalse();
        learned.training().complete();
        Map<String, float[]> after = learned.state();
        learned.network().table().parameters().stream()
            .map(parameter -> parameter.name())
            .forEach(name -> assertThat(after.get(name)).as(name).isEqualTo(before.get(name)));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"DURING_BACKWARD", "DURING_FORWARD"})
  @DisplayName("a rule that looks at all gradients together is refused")
  void refused(UpdateOrder order) {
    ArchitectureTable table = ArchitectureTable.of(Architecture.EFFICIENTNET_V2_S, Golden.CLASSES);
    List<ParameterGroup> swats =
        ParameterGroup.of(GoldenTraining.read("{swats: {learningRate: 1e-3}}"), table);
    assertThatThrownBy(() -> ParameterGroup.segments(swats, order, null, false))
        .hasMessage(
            "training.updateOrder: SWATS looks at all gradients together before it updates; choose AfterBackward, or another strategy");
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("a step tells the norm of each level's weights when asked, which changes no bit")
  void weighed(UpdateOrder order) {
    Optimization optimization =
        GoldenTraining.read(
            "{levels: [{lastBlock: 1, optimizer: {type: Adam}}, {lastBlock: 4, optimizer: {type: None}}, {optimizer: {type: SGD}}]}");
    Trained plain = trained(Golden.PIXELS_32, optimization, Precision.FP32, 1, order);
    try (GoldenTraining learned =
        GoldenTraining.of(Golden.PIXELS_32, optimization, Precision.FP32, order, null)) {
      StepOutcome last = learned.weighedStep(1);
      for (int step = 2; step <= STEPS; step++) {
        last = learned.weighedStep(step);
      }
      Map<String, float[]> state = learned.state();
      state.forEach((name, values) -> assertThat(values).isEqualTo(plain.state.get(name)));
      assertThat(last.groups()).extracting(GroupStep::group).containsExactly("level1", "level3");
      List<Double> norms = List.of(norm(learned, state, 0, 1), norm(learned, state, 5, 8));
      for (int i = 0; i < norms.size(); i++) {
        assertThat(last.groups().get(i).weightNorm())
            .isCloseTo(norms.get(i), within(1e-5 * norms.get(i)));
      }
    }
  }

  private static double norm(
      GoldenTraining learned, Map<String, float[]> state, int first, int last) {
    double squares = 0;
    for (var parameter : learned.network().table().parameters()) {
      if (parameter.block() >= first && parameter.block() <= last) {
        for (float weight : state.get(parameter.name())) {
          squares += (double) weight * weight;
        }
      }
    }
    return Math.sqrt(squares);
  }

  private static Trained trained(
      Golden golden,
      Optimization optimization,
      Precision precision,
      int passes,
      UpdateOrder order) {
    List<StepOutcome> outcomes = new ArrayList<>();
    try (GoldenTraining learned = GoldenTraining.of(golden, optimization, precision, order, null)) {
      for (int step = 1; step <= STEPS; step++) {
        outcomes.add(learned.step(step, passes, 1));
      }
      learned.training().complete();
      return new Trained(outcomes, learned.state());
    }
  }
}
