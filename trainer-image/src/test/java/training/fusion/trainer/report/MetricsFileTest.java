package training.fusion.trainer.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import training.fusion.api.run.Metrics;

@DisplayName("metrics.json")
class MetricsFileTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @SuppressWarnings("NullAway.Init") // JUnit sets it
  @TempDir
  private Path folder;

  @ParameterizedTest
  @CsvSource({"2, 0", "2, 1", "3, 40", "7, 7", "50, 600", "1000, 5000"})
  @DisplayName("has the cells that are not 0, and each class's figures, as they were counted")
  void comesBack(int classes, int images) throws IOException {
    DetailedMetrics metrics = evaluation(classes, images);
    List<String> names = names(classes);
    new MetricsFile(names, metrics, metrics, null, null, null).write(folder);

    assertThat(MetricsFile.read(folder))
        .contains(new MetricsFile(names, metrics, metrics, null, null, null));

    JsonNode test = JSON.readTree(folder.resolve(MetricsFile.FILE).toFile()).get("test");
    JsonNode matrix = test.get("confusionMatrix");
    long[][] rows = new long[classes][classes];
    for (int cell = 0; cell < matrix.get("count").size(); cell++) {
      rows[matrix.get("label").get(cell).asInt()][matrix.get("prediction").get(cell).asInt()] =
          matrix.get("count").get(cell).asLong();
    }
    assertThat(rows).isDeepEqualTo(metrics.confusionMatrix().rows());
    for (int label = 0; label < classes; label++) {
      var figures = metrics.confusionMatrix().of(label);
      JsonNode columns = test.get("classes");
      assertThat(columns.get("precision").get(label).asDouble()).isEqualTo(figures.precision());
      assertThat(columns.get("recall").get(label).asDouble()).isEqualTo(figures.recall());
      assertThat(columns.get("f1").get(label).asDouble()).isEqualTo(figures.f1());
      assertThat(columns.get("support").get(label).asLong()).isEqualTo(figures.support());
    }
  }

  @ParameterizedTest
  @CsvSource({"2, 1", "3, 40", "50, 600"})
  @DisplayName("that an older trainer wrote, row by row, is read as the same")
  void byRows(int classes, int images) throws IOException {
    DetailedMetrics metrics = evaluation(classes, images);
    String rows = Arrays.deepToString(metrics.confusionMatrix().rows());
    String figures = JSON.writeValueAsString(metrics.figures());
    String each =
        JSON.writeValueAsString(
            IntStream.range(0, classes).mapToObj(metrics.confusionMatrix()::of).toList());
    String names = JSON.writeValueAsString(names(classes));
    write(
        """
        {"classes": %s,
         "test": {"figures": %s, "classes": %s, "confusionMatrix": %s},
         "skippedPictures": 3}
        """
            .formatted(names, figures, each, rows));

    assertThat(MetricsFile.read(folder))
        .contains(new MetricsFile(names(classes), null, metrics, null, 3, null));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[]",
        "[[1, 0], [0]]",
        "[[1, 0]]",
        "[[1, 0], [0, 1], [0, 0]]",
        "[[1, 0], [0, -1]]",
        "[[1, 0], 3]",
        "[[1, 0], [0, 0.5]]",
        "[[1, 0], [\"one\", 0]]",
        "3",
        "{}",
        "{\"size\": 3, \"label\": [0], \"prediction\": [0], \"count\": [1]}",
        "{\"size\": 2000000000, \"label\": [0], \"prediction\": [0], \"count\": [1]}",
        "{\"size\": -1, \"label\": [0], \"prediction\": [0], \"count\": [1]}",
        "{\"size\": 2, \"label\": [0], \"prediction\": [0]}",
        "{\"size\": 2, \"label\": [0, 1], \"prediction\": [0], \"count\": [1]}",
        "{\"size\": 2, \"label\": [2], \"prediction\": [0], \"count\": [1]}",
        "{\"size\": 2, \"label\": [0], \"prediction\": [-1], \"count\": [1]}",
        "{\"size\": 2, \"label\": [1, 0], \"prediction\": [0, 0], \"count\": [1, 1]}",
        "{\"size\": 2, \"label\": [0, 0], \"prediction\": [1, 1], \"count\": [1, 1]}",
        "{\"size\": 2, \"label\": [0], \"prediction\": [0], \"count\": [0]}",
      })
  @DisplayName("whose matrix is none is passed over")
  void isPassedOver(String matrix) throws IOException {
    write(
        "{\"classes\": [\"a\", \"b\"], \"test\": {\"figures\": %s, \"confusionMatrix\": %s}}"
            .formatted(JSON.writeValueAsString(evaluation(2, 2).figures()), matrix));
    assertThat(MetricsFile.read(folder)).isEmpty();
  }

  /** Five test images a class, most of them wrong: 44,000 cells of 100 million. */
  @Test
  @DisplayName("of ten thousand classes has some megabytes")
  void staysSmall() throws IOException {
    DetailedMetrics metrics = evaluation(10_000, 50_000);
    new MetricsFile(names(10_000), metrics, metrics, null, null, null).write(folder);
    assertThat(Files.size(folder.resolve(MetricsFile.FILE))).isLessThan(5_000_000);
    assertThat(MetricsFile.read(folder)).isPresent();
  }

  private void write(String text) throws IOException {
    Files.writeString(folder.resolve(MetricsFile.FILE), text);
  }

  private static List<String> names(int classes) {
    return IntStream.range(0, classes).mapToObj(i -> "class " + i).toList();
  }

  /** Some are right, and the last class never occurs. */
  private static DetailedMetrics evaluation(int classes, int images) {
    var random = new SplittableRandom(31L * classes + images);
    var counter = new ConfusionCounter(classes);
    for (int i = 0; i < images; i++) {
      int label = random.nextInt(classes - 1);
      counter.add(label, random.nextInt(4) == 0 ? label : random.nextInt(classes - 1));
    }
    return DetailedMetrics.of(Metrics.Split.TEST, 1, 2.5, counter);
  }
}
