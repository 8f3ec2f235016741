package training.fusion.trainer.train;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import training.fusion.api.Training.Metric;
import training.fusion.api.run.Metrics;

@DisplayName("An epoch is better than another")
class CriterionTest {
  @ParameterizedTest(name = "by {0}: accuracy {1}, loss {2}, F1 {3} than {4}, {5}, {6}: {7}")
  @CsvSource({
    "ACCURACY, 0.8, 0.9, 0.1, 0.7, 0.5, 0.9, true",
    "ACCURACY, 0.7, 0.4, 0.1, 0.7, 0.5, 0.9, true",
    "ACCURACY, 0.7, 0.5, 0.9, 0.7, 0.5, 0.1, false",
    "F1, 0.1, 0.9, 0.6, 0.9, 0.1, 0.5, true",
    "F1, 0.9, 0.1, 0.5, 0.1, 0.9, 0.6, false",
    "F1, 0.1, 0.1, 0.5, 0.9, 0.2, 0.5, true",
    "LOSS, 0.1, 0.4, 0.1, 0.9, 0.5, 0.9, true",
    "LOSS, 0.9, 0.6, 0.9, 0.1, 0.5, 0.1, false",
    "LOSS, 0.9, 0.5, 0.1, 0.8, 0.5, 0.9, true",
    "LOSS, 0.8, 0.5, 0.9, 0.8, 0.5, 0.1, false",
  })
  void byItsMetricAndThenByLossOrAccuracy(
      Metric metric,
      double accuracy,
      double loss,
      double f1,
      double thanAccuracy,
      double thanLoss,
      double thanF1,
      boolean better) {
    assertThat(
            new Criterion(metric)
                .isBetter(metrics(accuracy, loss, f1), metrics(thanAccuracy, thanLoss, thanF1)))
        .isEqualTo(better);
  }

  private static Metrics metrics(double accuracy, double loss, double f1) {
    return new Metrics(Metrics.Split.VALIDATION, 1, accuracy, loss, f1, null);
  }
}
