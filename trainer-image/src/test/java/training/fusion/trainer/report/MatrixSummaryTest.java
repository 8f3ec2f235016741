package training.fusion.trainer.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("What is kept of an epoch's confusion matrix")
class MatrixSummaryTest {

  @Test
  @DisplayName("of few classes is all of it, the largest mistakes first")
  void few() {
    var counter = new ConfusionCounter(3);
    add(counter, 0, 0, 5);
    add(counter, 0, 1, 2);
    add(counter, 1, 1, 1);
    add(counter, 1, 2, 3);
    add(counter, 2, 0, 2);

    assertThat(MatrixSummary.of(counter.matrix()))
        .isEqualTo(
            new MatrixSummary(
                3,
                1,
                List.of(7L, 4L, 2L),
                List.of(5L, 1L, 0L),
                List.of(1, 2, 0), // of two with two images that which is all of its class
                List.of(2, 0, 1),
                List.of(3L, 2L, 2L),
                0,
                0));
  }

  @Test
  @DisplayName("counts what is left out")
  void shortened() {
    var counter = new ConfusionCounter(3);
    add(counter, 0, 1, 4);
    add(counter, 1, 2, 3);
    add(counter, 2, 0, 2);
    MatrixSummary one = MatrixSummary.of(counter.matrix()).shortened(2).shortened(1);
    assertThat(one.count()).containsExactly(4L);
    assertThat(one.mistakesLeftOut()).isEqualTo(2);
    assertThat(one.imagesLeftOut()).isEqualTo(5);
    assertThat(one.images()).containsExactly(4L, 3L, 2L);
  }

  /** 300,000 cells are not 0. */
  @Test
  @DisplayName("of ten thousand classes is small, with the commonest mistake as its first")
  void many(@TempDir Path folder) {
    var counter = new ConfusionCounter(10_000);
    for (int label = 0; label < 10_000; label++) {
      for (int i = 0; i < 30; i++) {
        counter.add(label, (label + i * i * i) % 10_000);
      }
    }
    add(counter, 4321, 1234, 7);

    MatrixSummary summary = MatrixSummary.of(counter.matrix());

    assertThat(summary.grouped()).isEqualTo(40);
    assertThat(summary.images()).hasSize(250);
    assertThat(summary.right()).hasSize(250).allMatch(right -> right == 40);
    assertThat(summary.label().get(0)).isEqualTo(4321);
    assertThat(summary.prediction().get(0)).isEqualTo(1234);
    assertThat(summary.mistakesLeftOut()).isEqualTo(counter.matrix().cells() - 10_000 - 1000);
    EpochMatrices.write(folder, 3, summary);
    assertThat(folder.resolve("confusion/epoch-3.json"))
        .satisfies(file -> assertThat(Files.size(file)).isLessThan(30_000));
    assertThat(EpochMatrices.read(folder, 3, 40, 10_000))
        .containsOnlyKeys(3)
        .containsValue(summary);
  }

  @Test
  @DisplayName(
      "is read of some of many epochs, evenly, with the last, and never of another data set")
  void epochs(@TempDir Path folder) {
    var counter = new ConfusionCounter(2);
    add(counter, 0, 1, 1);
    MatrixSummary summary = MatrixSummary.of(counter.matrix());
    for (int epoch = 1; epoch <= 9; epoch++) {
      EpochMatrices.write(folder, epoch, summary);
    }
    assertThat(EpochMatrices.read(folder, 9, 5, 2)).containsOnlyKeys(1, 3, 5, 7, 9);
    assertThat(EpochMatrices.read(folder, 4, 5, 2)).containsOnlyKeys(1, 2, 3, 4);
    assertThat(EpochMatrices.read(folder, 10, 2, 2)).as("10 is not there").containsOnlyKeys(1);
    assertThat(EpochMatrices.read(folder, 9, 1, 2)).containsOnlyKeys(9);
    assertThat(EpochMatrices.read(folder, 9, 5, 3)).isEmpty();
  }

  private static void add(ConfusionCounter counter, int label, int prediction, int images) {
    for (int i = 0; i < images; i++) {
      counter.add(label, prediction);
    }
  }
}
