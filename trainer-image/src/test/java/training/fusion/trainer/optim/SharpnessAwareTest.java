package training.fusion.trainer.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.types.DataType;
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
import training.fusion.api.Training;
import training.fusion.api.Training.Precision;
import training.fusion.api.Training.UpdateOrder;
import training.fusion.trainer.model.Golden;
import training.fusion.trainer.model.Libtorch;

@Tag("libtorch")
@NullUnmarked
@DisplayName("Sharpness-aware minimization")
class SharpnessAwareTest {
  private static final Golden GOLDEN = Golden.PIXELS_64;

  /** So short a way that no weight changes. */
  private static final double NOWHERE = 1e-30;

  @ParameterizedTest(name = "{0}, {2}, {3} passes: {1}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          PIXELS_32 | {single: {optimizer: {type: Adam}}} | FP32 | 3
          PIXELS_32 | {fusion: {lowLevel: {lastBlock: 2, optimizer: {type: AdamW}, maxGradNorm: 0.1}, highLevel: {optimizer: {type: LAMB}}}} | FP32 | 1
          PIXELS_32 | {levels: [{lastBlock: 1, optimizer: {type: RMSprop}}, {lastBlock: 4, optimizer: {type: None}}, {optimizer: {type: SGD, momentum: 0.9}}], learningRateDecay: 0.7} | FP32 | 1
          PIXELS_32 | {swats: {learningRate: 1e-3}} | BF16 | 1
          VIT       | {mas: {sgdWeight: 0.5, adamWeight: 0.5}} | BF16 | 2
          """)
  @DisplayName(
      "that goes nowhere is the step without it, bit for bit: the second pass draws the same, and leaves no trace in the statistics")
  void bothPassesAreAlike(Golden golden, String strategy, Precision precision, int passes) {
    Map<String, float[]> plain = trained(golden, strategy, precision, passes, null);
    Map<String, float[]> aware = trained(golden, strategy, precision, passes, NOWHERE);
    assertSame(aware, plain);
    assertThat(trained(golden, strategy, precision, passes, 0.05).values().stream())
        .as("where it goes somewhere, something differs")
        .anyMatch(values -> plain.values().stream().noneMatch(v -> Arrays.equals(v, values)));
  }

  private static Map<String, float[]> trained(
      Golden golden, String strategy, Precision precision, int passes, Double rho) {
    try (GoldenTraining learned =
        GoldenTraining.of(
            golden, GoldenTraining.read(strategy), precision, UpdateOrder.AFTER_BACKWARD, rho)) {
      learned.step(1, passes, 1);
      learned.step(2, passes, 1);
      return learned.state();
    }
  }

  @Test
  @DisplayName("counts a batch once")
  void oneBatch() {
    try (GoldenTraining learned = adam(0.05)) {
      learned.step(1);
      learned
          .network()
          .state()
          .forEach(
              (name, array) -> {
                if (array.getDataType() == DataType.INT64) {
                  assertThat(array.getLong()).as(name).isEqualTo(1);
                }
              });
    }
  }

  @Test
  @DisplayName("changes neither weights nor state where something is not finite")
  void notFinite() {
    try (GoldenTraining learned = adam(0.05)) {
      learned.step(1);
      Map<String, float[]> before = learned.state();
      assertThat(learned.step(2, 1, Float.NaN).finite()).isFalse();
      Map<String, float[]> after = learned.state();
      learned.network().table().buffers().forEach(buffer -> before.remove(buffer.name()));
      after.keySet().retainAll(before.keySet());
      assertSame(after, before);
    }
  }

  @Test
  @DisplayName("goes on from what was saved as if nothing had been between, bit for bit")
  void resumed() {
    try (GoldenTraining undisturbed = adam(0.05);
        GoldenTraining second = adam(0.05)) {
      undisturbed.step(1);
      second.network().load(undisturbed.network().state());
      second.training().optimizer().load(undisturbed.training().optimizer().state());
      undisturbed.step(2);
      second.step(2);
      assertSame(second.state(), undisturbed.state());
    }
  }

  private static GoldenTraining adam(double rho) {
    return GoldenTraining.plain(
        Golden.PIXELS_32, GoldenTraining.read("{single: {optimizer: {type: Adam}}}"), null, rho);
  }

  @ParameterizedTest
  @EnumSource(names = {"DURING_BACKWARD", "DURING_FORWARD"})
  @DisplayName("is refused with an order in which gradients are not there together")
  void refused(UpdateOrder order) {
    var strategy = GoldenTraining.read("{single: {optimizer: {type: Adam}}}");
    var settings =
        new OptimizerSettings(
            strategy,
            null,
            null,
            Training.WeightDecayOn.ALL,
            0.05,
            new OptimizerSettings.RunLength(1, 100));
    List<ParameterGroup> groups = ParameterGroup.of(strategy, GOLDEN.table());
    assertThatThrownBy(
            () -> TrainingStep.create(Libtorch.start(0, 1), null, settings, groups, order, 0))
        .hasMessage(
            "training.updateOrder: training.sharpnessAware first moves all weights by all gradients; choose AfterBackward, or remove sharpnessAware");
  }

  private static void assertSame(Map<String, float[]> actual, Map<String, float[]> expected) {
    assertThat(actual.keySet()).isEqualTo(expected.keySet());
    actual.forEach(
        (name, values) ->
            assertThat(Arrays.mismatch(values, expected.get(name)))
                .as("first element of %s that differs", name)
                .isEqualTo(-1));
  }
}
