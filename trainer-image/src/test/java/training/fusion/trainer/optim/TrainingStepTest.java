package training.fusion.trainer.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import training.fusion.trainer.model.Golden;
import training.fusion.trainer.model.architecture.BufferSpec;
import training.fusion.trainer.model.architecture.ParameterSpec;

/** Two steps of whole trainings, against {@code oracle/steps.py}. */
@Tag("libtorch")
@NullUnmarked
@DisplayName("A step")
class TrainingStepTest {
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          SGD                               | 0.05 |     | {single: {optimizer: {type: SGD, learningRate: 0.01, momentum: 0.9, weightDecay: 1e-4}}}
          AdamW                             | 0.5  |     | {single: {optimizer: {type: AdamW, learningRate: 1e-3, weightDecay: 0.05}}}
          Adam->SGD                         | 0.2  | 1.0 | {fusion: {lowLevel: {lastBlock: 5, optimizer: {type: Adam, learningRate: 1e-3}}, highLevel: {optimizer: {type: SGD, learningRate: 0.01, momentum: 0.9, weightDecay: 1e-4}}}}
          frozen->Nesterov                  | 0.2  |     | {fusion: {lowLevel: {lastBlock: 2, optimizer: {type: None}}, highLevel: {optimizer: {type: SGD, learningRate: 0.01, momentum: 0.9, nesterov: true, weightDecay: 1e-4}}}}
          frozen with statistics->SGD       |      |     | {fusion: {lowLevel: {lastBlock: 4, optimizer: {type: None, frozenStatistics: true}}, highLevel: {optimizer: {type: SGD, learningRate: 0.01, momentum: 0.9, weightDecay: 1e-4}}}}
          Adam->frozen with statistics->SGD |      |     | {levels: [{lastBlock: 1, optimizer: {type: Adam, learningRate: 1e-3}}, {lastBlock: 4, optimizer: {type: None, frozenStatistics: true}}, {optimizer: {type: SGD, learningRate: 0.01, momentum: 0.9, weightDecay: 1e-4}}]}
          """)
  @DisplayName(
      "loses, moves each block and gathers statistics as PyTorch does: sharpness-aware, clipped, with frozen levels whose batch norms are in eval mode")
  void asInPyTorch(String training, Double rho, Double maxGradNorm, String strategy) {
    JsonNode golden = Golden.read("steps.json").get(training);
    JsonNode own = golden.get("fp32");
    try (GoldenTraining learned =
        GoldenTraining.plain(Golden.PIXELS_64, GoldenTraining.read(strategy), maxGradNorm, rho)) {
      Map<String, float[]> before = learned.state();
      StepOutcome first = learned.step(1);
      Map<String, float[]> after = learned.state();
      StepOutcome second = learned.step(2);
      List<StepOutcome> outcomes = List.of(first, second);
      for (int step = 0; step < outcomes.size(); step++) {
        StepOutcome outcome = outcomes.get(step);
        assertThat(outcome.finite()).isTrue();
        double loss = golden.get("losses").get(step).asDouble();
        assertThat(outcome.loss())
            .as("loss %d", step + 1)
            .isCloseTo(loss, within(loss * bound(own.get("losses").get(step))));
        for (int group = 0; group < outcome.groups().size(); group++) {
          double norm = golden.get("gradientNorms").get(step).get(group).asDouble();
          assertThat(outcome.groups().get(group).gradientNorm())
              .as("gradient norm %d of group %d", step + 1, group)
              .isCloseTo(norm, within(norm * bound(own.get("gradientNorms").get(step))));
        }
      }
      for (int block = 0; block <= learned.network().table().blocks(); block++) {
        JsonNode change = golden.get("changes").get(block);
        List<float[]> changes = changes(learned, block, before, after);
        if (change.isNull()) {
          changes.forEach(values -> assertThat(values).containsOnly(0));
          continue;
        }
        double off = Golden.relativeDifference(changes, change);
        System.out.printf(
            Locale.ROOT,
            "%s, block %d: %.1e off (PyTorch %.1e, without %.1e)%n",
            training,
            block,
            off,
            own.get("changes").get(block).asDouble(),
            golden.get("without").get(block).asDouble());
        assertThat(off)
            .as("block %d", block)
            .isLessThan(bound(own.get("changes").get(block)))
            .as("and as nothing else: without what the step is about it is much farther off")
            .isLessThan(golden.get("without").get(block).asDouble() / 3);
      }
      List<float[]> statistics = new ArrayList<>();
      for (BufferSpec spec : learned.network().table().buffers()) {
        if (!spec.counter()) {
          statistics.add(after.get(spec.name()));
        }
      }
      assertThat(Golden.relativeDifference(statistics, golden.get("statistics")))
          .isLessThan(bound(own.get("statistics")));
    }
  }

  /** Ten times what PyTorch's own fp32 is off by, as for gradients; not less than fp32 can hold. */
  private static double bound(JsonNode own) {
    return 10 * Math.max(own.asDouble(), 1e-6);
  }

  private static List<float[]> changes(
      GoldenTraining learned, int block, Map<String, float[]> before, Map<String, float[]> after) {
    List<float[]> changes = new ArrayList<>();
    for (ParameterSpec spec : learned.network().table().parameters()) {
      if (spec.block() == block) {
        float[] change = after.get(spec.name());
        float[] from = before.get(spec.name());
        for (int i = 0; i < change.length; i++) {
          change[i] -= from[i];
        }
        changes.add(change);
      }
    }
    return changes;
  }
}
