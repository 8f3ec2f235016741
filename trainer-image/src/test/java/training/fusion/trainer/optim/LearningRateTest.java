package training.fusion.trainer.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import training.fusion.api.Hyperparameter;
import training.fusion.api.Optimizer;
import training.fusion.api.OptimizerType;
import training.fusion.api.Schedule;
import training.fusion.trainer.optim.OptimizerSettings.RunLength;

class LearningRateTest {
  private static final Schedule COSINE = new Schedule(Schedule.Type.COSINE, 20, null, null);

  @Test
  void withoutAScheduleTheRateIsConstant() {
    assertThat(LearningRate.factor(null, 1, 17, new RunLength(1, 100))).isEqualTo(1);
  }

  @Test
  void theWarmUpRisesLinearlyAndEndsAtThePeak() {
    assertThat(LearningRate.factor(COSINE, 1, 0, new RunLength(1, 120))).isEqualTo(0.05);
    assertThat(LearningRate.factor(COSINE, 1, 19, new RunLength(1, 120))).isEqualTo(1);
    assertThat(LearningRate.factor(COSINE, 1, 20, new RunLength(1, 120))).isEqualTo(1);
  }

  @Test
  void theCosineIsHalfWayInTheMiddleAndAlmostZeroInTheLastStep() {
    assertThat(LearningRate.factor(COSINE, 1, 70, new RunLength(1, 120)))
        .isCloseTo(0.5, within(1e-12));
    assertThat(LearningRate.factor(COSINE, 1, 119, new RunLength(1, 120))).isBetween(0.0, 1e-3);
  }

  @Test
  void aConstantScheduleWarmsUpToo() {
    Schedule constant = new Schedule(Schedule.Type.CONSTANT, 4, null, null);
    assertThat(LearningRate.factor(constant, 1, 1, new RunLength(1, 10))).isEqualTo(0.5);
    assertThat(LearningRate.factor(constant, 1, 9, new RunLength(1, 10))).isEqualTo(1);
  }

  /** What {@code src/test/golden/schedules.py} had of torch and timm; a step is an epoch there. */
  @Test
  @DisplayName("Warm-up in epochs, least rate and falling by epochs are PyTorch's and timm's")
  void schedulesAreThoseOfPyTorchAndTimm() throws IOException {
    var json = new ObjectMapper();
    JsonNode cases = json.readTree(Path.of("src/test/golden/schedules.json").toFile());
    assertThat(cases).hasSize(9);
    for (JsonNode row : cases) {
      Schedule schedule = json.treeToValue(row.get("schedule"), Schedule.class);
      JsonNode rates = row.get("rates");
      for (int stepsPerEpoch : new int[] {1, 7}) {
        var length = new RunLength(rates.size(), stepsPerEpoch);
        for (int epoch = 0; epoch < rates.size(); epoch++) {
          double rate =
              0.1 * LearningRate.factor(schedule, 0.1, (long) epoch * stepsPerEpoch, length);
          assertThat(rate)
              .as("%s, epoch %d", row.get("name"), epoch)
              .isCloseTo(rates.get(epoch).asDouble(), within(1e-12));
        }
      }
    }
  }

  @Test
  @DisplayName("A least rate above the peak is refused by the field's name")
  void aLeastRateAboveThePeakIsRefused() {
    var schedule = new Schedule(Schedule.Type.COSINE, null, null, null, 0.5, null, null);
    var rule =
        UpdateRule.of(Optimizer.of(OptimizerType.SGD, Map.of(Hyperparameter.LEARNING_RATE, 0.1)));
    var group = new ParameterGroup("all", rule, 0, 8, 1, null, null);
    LearningRate.check(List.of(group), null);
    assertThatThrownBy(() -> LearningRate.check(List.of(group), schedule))
        .hasMessage(
            "training.schedule.minimumLearningRate is 0.5, above the learningRate 0.1; lower it");
    var low = new ParameterGroup("lowLevel", rule, 0, 8, 1, schedule, null);
    assertThatThrownBy(() -> LearningRate.check(List.of(low), null))
        .hasMessage(
            "optimization.fusion.lowLevel.schedule.minimumLearningRate is 0.5, above the"
                + " learningRate 0.1 of lowLevel; lower it");
  }
}
