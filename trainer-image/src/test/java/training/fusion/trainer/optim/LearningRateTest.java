package training.fusion.trainer.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import training.fusion.api.Schedule;
import training.fusion.trainer.optim.OptimizerSettings.RunLength;

class LearningRateTest {
  private static final Schedule COSINE = new Schedule(Schedule.Type.COSINE, 20, null, null);

  @Test
  void withoutAScheduleTheRateIsConstant() {
    assertThat(LearningRate.factor(null, 17, new RunLength(1, 100))).isEqualTo(1);
  }

  @Test
  void theWarmUpRisesLinearlyAndEndsAtThePeak() {
    assertThat(LearningRate.factor(COSINE, 0, new RunLength(1, 120))).isEqualTo(0.05);
    assertThat(LearningRate.factor(COSINE, 19, new RunLength(1, 120))).isEqualTo(1);
    assertThat(LearningRate.factor(COSINE, 20, new RunLength(1, 120))).isEqualTo(1);
  }

  @Test
  void theCosineIsHalfWayInTheMiddleAndAlmostZeroInTheLastStep() {
    assertThat(LearningRate.factor(COSINE, 70, new RunLength(1, 120)))
        .isCloseTo(0.5, within(1e-12));
    assertThat(LearningRate.factor(COSINE, 119, new RunLength(1, 120))).isBetween(0.0, 1e-3);
  }

  @Test
  void aConstantScheduleWarmsUpToo() {
    Schedule constant = new Schedule(Schedule.Type.CONSTANT, 4, null, null);
    assertThat(LearningRate.factor(constant, 1, new RunLength(1, 10))).isEqualTo(0.5);
    assertThat(LearningRate.factor(constant, 9, new RunLength(1, 10))).isEqualTo(1);
  }
}
