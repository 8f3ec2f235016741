package training.fusion.trainer.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StepCurveTest {
  @ParameterizedTest(name = "{0} steps are {1} points of {2} steps, the last one of {3}")
  @CsvSource({
    "1, 1, 1, 1",
    "512, 512, 1, 1",
    "513, 257, 2, 1",
    "514, 257, 2, 2",
    "1024, 512, 2, 2",
    "1025, 257, 4, 1",
    "100000, 391, 256, 160"
  })
  void thePointsStayFewHoweverManyStepsThereAre(int steps, int points, int stride, int last) {
    StepCurve curve = after(steps);
    assertThat(curve.points()).hasSize(points);
    assertThat(curve.stride()).isEqualTo(stride);
    assertThat(curve.points().get(points - 1).steps()).isEqualTo(last);
    assertThat(curve.points().get(points - 1).step()).isEqualTo(steps);
    assertThat(curve.points().stream().mapToInt(StepPoint::steps).sum()).isEqualTo(steps);
  }

  @Test
  void aPointHasTheMeanLossTheHighestNormAndTheNewestRateOfItsSteps() {
    StepCurve curve = after(513);
    StepPoint first = curve.points().get(0);
    assertThat(first.loss()).isEqualTo((loss(1) + loss(2)) / 2);
    assertThat(first.highestLoss()).isEqualTo(Math.max(loss(1), loss(2)));
    StepPoint.Level level = first.levels().get(0);
    assertThat(level.learningRate()).isEqualTo(1.0 / 2);
    assertThat(level.gradientNorm()).isEqualTo(10 + Math.max(loss(1), loss(2)));
    assertThat(level.weightNorm()).as("measured after the first step alone").isEqualTo(1.0);
    assertThat(first.memory()).isEqualTo(new StepPoint.Memory(1, 1, null));
    assertThat(first.seconds()).isEqualTo(2);
    assertThat(curve.points().get(255).swatsSwitchStep()).as("of step 512").isEqualTo(300);
    assertThat(curve.points().get(0).swatsSwitchStep()).isNull();
  }

  /** A checkpoint in the middle of a point, of the first halving, and of a later one. */
  @ParameterizedTest
  @CsvSource({"3", "512", "513", "700", "1999"})
  void readFromACheckpointItGoesOnAsIfNothingHadHappened(int step) throws JsonProcessingException {
    var json = new ObjectMapper();
    StepCurve read = json.readValue(json.writeValueAsString(after(step)), StepCurve.class);
    for (int next = step + 1; next <= 3000; next++) {
      read = read.with(point(next));
    }
    assertThat(read).isEqualTo(after(3000));
  }

  @Test
  void whatCostsTimeIsMeasuredInFewSteps() {
    assertThat(LongStream.rangeClosed(1, 64).filter(StepCurve::measures))
        .containsExactly(1L, 16L, 32L, 48L, 64L);
    assertThat(LongStream.rangeClosed(1, 1_000_000).filter(StepCurve::measures).count())
        .isLessThan(250);
  }

  @Test
  void levelsOfAnotherDivisionAreReplacedAndNotMixed() {
    StepPoint other = new StepPoint(2, 1, 1, 1, List.of(level(0.1), level(0.2)), null, 1, 0, null);
    assertThat(point(1).and(other).levels()).isEqualTo(other.levels());
  }

  private static StepCurve after(int steps) {
    return IntStream.rangeClosed(1, steps)
        .mapToObj(StepCurveTest::point)
        .reduce(StepCurve.NONE, StepCurve::with, (one, other) -> other);
  }

  private static StepPoint point(int step) {
    boolean measured = StepCurve.measures(step);
    @Nullable Double weights = measured ? (double) step : null;
    return new StepPoint(
        step,
        1,
        loss(step),
        loss(step),
        List.of(new StepPoint.Level(1.0 / step, 10 + loss(step), weights)),
        step > 300 ? 300L : null,
        1,
        0.25,
        measured ? new StepPoint.Memory(step, step, null) : null);
  }

  private static StepPoint.Level level(double rate) {
    return new StepPoint.Level(rate, 1, null);
  }

  private static double loss(int step) {
    return (step * 7919L) % 1000 / 256.0;
  }
}
