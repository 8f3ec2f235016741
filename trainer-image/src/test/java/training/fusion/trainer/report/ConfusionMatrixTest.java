package training.fusion.trainer.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import training.fusion.api.run.Metrics;

class ConfusionMatrixTest {
  private static final Offset<Double> ROUNDING = within(1e-12);

  record Case(
      String name,
      List<List<Long>> matrix,
      double accuracy,
      double f1,
      double weightedF1,
      double macroPrecision,
      double macroRecall,
      List<Integer> absent,
      List<Double> precision,
      List<Double> recall,
      List<Double> f1PerClass,
      List<Long> support) {}

  static List<Case> cases() throws IOException {
    return new ObjectMapper()
        .readValue(
            Path.of("src", "test", "golden", "metrics.json").toFile(), new TypeReference<>() {});
  }

  @ParameterizedTest
  @MethodSource("cases")
  void everyFigureIsThatOfScikitLearn(Case expected) {
    int classes = expected.matrix.size();
    var counter = new ConfusionCounter(classes);
    for (int label = 0; label < classes; label++) {
      for (int prediction = 0; prediction < classes; prediction++) {
        for (long i = 0; i < expected.matrix.get(label).get(prediction); i++) {
          counter.add(label, prediction);
        }
      }
    }
    ConfusionMatrix matrix = counter.matrix();

    Metrics metrics =
        DetailedMetrics.of(Metrics.Split.TEST, 3, 2.5 * matrix.images(), counter).figures();

    assertThat(metrics.accuracy()).isEqualTo(expected.accuracy, ROUNDING);
    assertThat(metrics.f1()).isEqualTo(expected.f1, ROUNDING);
    assertThat(metrics.weightedF1()).isEqualTo(expected.weightedF1, ROUNDING);
    assertThat(metrics.loss()).isEqualTo(2.5, ROUNDING);
    assertThat(matrix.rows())
        .isDeepEqualTo(
            expected.matrix.stream()
                .map(row -> row.stream().mapToLong(Long::longValue).toArray())
                .toArray(long[][]::new));
    for (int label = 0; label < matrix.classes(); label++) {
      ConfusionMatrix.ClassFigures figures = matrix.of(label);
      assertThat(figures.precision()).isEqualTo(expected.precision.get(label), ROUNDING);
      assertThat(figures.recall()).isEqualTo(expected.recall.get(label), ROUNDING);
      assertThat(figures.f1()).isEqualTo(expected.f1PerClass.get(label), ROUNDING);
      assertThat(figures.support()).isEqualTo(expected.support.get(label));
    }
    assertThat(IntStream.range(0, matrix.classes()).filter(c -> matrix.of(c).support() == 0))
        .containsExactlyElementsOf(expected.absent);
  }

  @Test
  @DisplayName("An image counts for the top five if fewer than five classes are more probable")
  void topFive() {
    var six = new ConfusionCounter(6);
    for (int rank = 0; rank < 6; rank++) {
      six.add(0, 0);
      six.addRank(rank);
    }
    assertThat(DetailedMetrics.of(Metrics.Split.TEST, 1, 1, six).figures().top5Accuracy())
        .isEqualTo(5 / 6.0, ROUNDING);
    var five = new ConfusionCounter(5);
    five.add(0, 0);
    five.addRank(0);
    assertThat(DetailedMetrics.of(Metrics.Split.TEST, 1, 1, five).figures().top5Accuracy())
        .isNull();
  }
}
