package training.fusion.trainer.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import training.fusion.api.run.RunPhase;

@DisplayName("The time that a run takes yet")
class TimeLeftTest {
  private static final int STEPS = 60;
  private static final int BATCH = 32;
  private static final int EPOCHS = 6;

  /** What was told at a moment of the simulated clock. */
  private record Told(int epoch, RunPhase phase, double at, long seconds) {}

  private long now;
  private final List<Told> told = new ArrayList<>();

  @ParameterizedTest(name = "steps of {0} s, evaluations of {1} s, saves of {2} s every {3} epochs")
  @DisplayName("is told within a fifth of the truth from the second epoch on, in every phase")
  @CsvSource({
    "0.10, 2,   1,  1", // mostly training
    "0.10, 12,  3,  1", // mostly evaluation
    "0.02, 0.2, 15, 1", // mostly saving
    "0.50, 0,   0,  1", // nothing else
    "0.05, 6,   2,  4", // checkpoints that are rare, and the last one out of turn
  })
  void simulated(double step, double evaluation, double save, int everyEpochs) {
    double end = simulate(step, evaluation, save, everyEpochs);
    assertThat(told).filteredOn(it -> it.epoch >= 2).hasSizeGreaterThan(3 * EPOCHS);
    for (Told one : told) {
      double truth = end - one.at;
      if (one.epoch >= 2 && truth > 1) {
        assertThat((double) one.seconds)
            .as("%s, epoch %d, %.1f s to go", one.phase, one.epoch, truth)
            .satisfiesAnyOf(
                seconds -> assertThat(seconds).isCloseTo(truth, Percentage.withPercentage(20)),
                seconds -> assertThat(seconds).isCloseTo(truth, within(1.0)));
      }
    }
  }

  @Test
  @DisplayName("is not known before the second step, and the speed is not forgotten in a pause")
  void unknown() {
    var left = new TimeLeft(new TimeLeft.Work(2, 64, 0, 1, null, 0, 0), () -> now);
    left.begin(RunPhase.TRAINING);
    step(left, 1);
    assertThat(left.seconds(0, 32)).isNull();
    step(left, 1);
    assertThat(left.seconds(0, 64)).isEqualTo(2);
    left.begin(RunPhase.EVALUATING);
    assertThat(left.imagesPerSecond()).isEqualTo(32);
  }

  /**
   * A run in which each step, evaluation and save takes a tenth more or less than the one before,
   * and the first steps three times as long.
   *
   * @return its end
   */
  private double simulate(double step, double evaluation, double save, int everyEpochs) {
    var work = new TimeLeft.Work(EPOCHS, STEPS * BATCH, 500, everyEpochs, null, 1500, 1);
    var left = new TimeLeft(work, () -> now);
    pass(7);
    for (int epoch = 1; epoch <= EPOCHS; epoch++) {
      left.begin(RunPhase.TRAINING);
      for (int i = 1; i <= STEPS; i++) {
        step(left, step * (epoch == 1 && i <= 10 ? 3 : 1) * uneven(i));
        tell(left, epoch - 1, (long) i * BATCH, epoch);
      }
      left.begin(RunPhase.EVALUATING);
      tell(left, epoch - 1, STEPS * BATCH, epoch);
      pass(evaluation * uneven(epoch));
      left.evaluated(500, evaluation * uneven(epoch));
      boolean saves = epoch % everyEpochs == 0 || epoch == EPOCHS;
      if (saves) {
        left.begin(RunPhase.SAVING);
        tell(left, epoch, 0, epoch);
        pass(save * uneven(epoch));
        left.saved(epoch);
      }
    }
    left.begin(RunPhase.TESTING);
    tell(left, EPOCHS, 0, EPOCHS);
    pass(3 * evaluation + save); // thrice as many images, and the model
    return now / 1e9;
  }

  private static double uneven(int i) {
    return i % 2 == 0 ? 1.05 : 0.95;
  }

  private void step(TimeLeft left, double seconds) {
    pass(seconds);
    left.stepped(BATCH);
  }

  private void pass(double seconds) {
    now += (long) (seconds * 1e9);
  }

  private void tell(TimeLeft left, int epochs, long images, int epoch) {
    Long seconds = left.seconds(epochs, images);
    if (seconds != null) {
      told.add(new Told(epoch, left.phase(), now / 1e9, seconds));
    }
  }
}
