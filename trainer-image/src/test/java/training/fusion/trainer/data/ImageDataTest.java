package training.fusion.trainer.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static training.fusion.trainer.format.IdxFiles.cyclicLabels;
import static training.fusion.trainer.format.IdxFiles.images;
import static training.fusion.trainer.format.IdxFiles.labels;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import training.fusion.api.Dataset;
import training.fusion.api.Source;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.format.IdxFiles;

@DisplayName("A data set")
class ImageDataTest {
  static final Path FASHION_MNIST = Path.of("..", "examples", "data", "fashion-mnist");

  private final Path folder;

  ImageDataTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @ParameterizedTest
  @CsvSource({"0.1, 0.1, 0", "0.1, 0.1, 7", "0.25, 0.5, 1", "0.0003, 0.9, 2", "0.333, 0.333, 3"})
  void isDividedIntoDisjointPartsWithEachClassInProportion(
      double validation, double test, long seed) {
    ImageData data = read(FASHION_MNIST, dataset(validation, test, seed, null));

    assertThat(data.classes()).isEqualTo(10);
    assertThat(data.test().count()).isEqualTo((int) Math.round(10_000 * test));
    assertThat(data.validation().count()).isEqualTo((int) Math.round(10_000 * validation));
    Set<Integer> seen = new HashSet<>();
    for (Part part : new Part[] {data.train(), data.validation(), data.test()}) {
      int[] counts = new int[10];
      for (int image : Datasets.sources(part)) {
        assertThat(seen.add(image)).as("image %d is in one part only", image).isTrue();
        counts[part.source().label(image)]++;
      }
      // 1,000 images of each class: shares differ by at most one from draw to draw
      for (int count : counts) {
        assertThat(count).isBetween(part.count() / 10 - 1, part.count() / 10 + 2);
      }
    }
    assertThat(seen).hasSize(10_000);
  }

  @Test
  void isDividedTheSameEveryTimeAndOtherwiseWithAnotherSeed() {
    Dataset.Limit limit = new Dataset.Limit(4000, 500, 1000);
    ImageData once = read(FASHION_MNIST, dataset(0.1, 0.1, 0L, limit));
    ImageData again = read(FASHION_MNIST, dataset(0.1, 0.1, 0L, limit));
    ImageData other = read(FASHION_MNIST, dataset(0.1, 0.1, 1L, limit));

    assertThat(Datasets.sources(again.train())).isEqualTo(Datasets.sources(once.train()));
    assertThat(Datasets.sources(again.validation())).isEqualTo(Datasets.sources(once.validation()));
    assertThat(Datasets.sources(again.test())).isEqualTo(Datasets.sources(once.test()));
    assertThat(Datasets.sources(other.test())).isNotEqualTo(Datasets.sources(once.test()));
  }

  @Test
  void keepsItsTestImagesWhenTheValidationFractionChanges() {
    ImageData little = read(FASHION_MNIST, dataset(0.05, 0.1, 0L, null));
    ImageData much = read(FASHION_MNIST, dataset(0.4, 0.1, 0L, null));
    assertThat(Datasets.sources(much.test())).isEqualTo(Datasets.sources(little.test()));
  }

  @Test
  void isLimitedByStratifiedSamplesOfItsParts() {
    ImageData whole = read(FASHION_MNIST, dataset(0.1, 0.1, 0L, null));
    ImageData limited =
        read(FASHION_MNIST, dataset(0.1, 0.1, 0L, new Dataset.Limit(4000, null, 100_000)));

    assertThat(limited.train().count()).isEqualTo(4000);
    assertThat(limited.validation().count()).isEqualTo(1000);
    assertThat(limited.test().count()).isEqualTo(1000);
    assertThat(Datasets.sources(whole.train())).contains(Datasets.sources(limited.train()));
    int[] counts = new int[10];
    for (int image : Datasets.sources(limited.train())) {
      counts[limited.train().source().label(image)]++;
    }
    assertThat(counts).containsOnly(400);
  }

  @Test
  void withRareClassesStillGivesExactTotalsAndLosesNothing() throws IOException {
    // 7 of class 0, 2 of class 1, 1 of class 2
    IdxFiles.write(folder, "train", images(10, 2, 2), labels(0, 1, 0, 0, 2, 0, 0, 1, 0, 0));
    ImageData data = read(folder, dataset(0.3, 0.3, 0L, null));

    assertThat(data.classes()).isEqualTo(3);
    assertThat(data.test().count()).isEqualTo(3);
    assertThat(data.validation().count()).isEqualTo(3);
    assertThat(data.train().count()).isEqualTo(4);
  }

  @Test
  void withBothPairsAndNoTestFractionIsTestedOnTheTestFiles() throws IOException {
    IdxFiles.write(folder, "train", images(20, 2, 2), cyclicLabels(20, 2));
    IdxFiles.write(folder, "t10k", images(6, 2, 2), cyclicLabels(6, 2));
    ImageData data = read(folder, dataset(0.1, null, 0L, null));

    assertThat(data.train().count()).isEqualTo(18);
    assertThat(data.validation().count()).isEqualTo(2);
    assertThat(data.test().count()).isEqualTo(6);
    assertThat(data.test().source().file()).isEqualTo(folder.resolve("t10k-images-idx3-ubyte"));
  }

  @Test
  void withBothPairsAndATestFractionIsTestedOnTrainingImages() throws IOException {
    IdxFiles.write(folder, "train", images(20, 2, 2), cyclicLabels(20, 2));
    IdxFiles.write(folder, "t10k", images(6, 2, 2), cyclicLabels(6, 2));
    ImageData data = read(folder, dataset(0.1, 0.2, 0L, null));

    assertThat(data.test().count()).isEqualTo(4);
    assertThat(data.test().source()).isSameAs(data.train().source());
  }

  @Test
  void withoutValidationIsEvaluatedOnTest() {
    ImageData data = read(FASHION_MNIST, dataset(0.0, 0.1, 0L, new Dataset.Limit(null, null, 300)));

    assertThat(data.validatesOnTest()).isTrue();
    assertThat(data.validation()).isSameAs(data.test());
    assertThat(data.train().count()).isEqualTo(9000);
    assertThat(data.test().count()).isEqualTo(300);
  }

  @Test
  void withoutATestSplitSaysWhatToSet() throws IOException {
    assertThatThrownBy(() -> read(FASHION_MNIST, dataset(0.1, null, 0L, null)))
        .isInstanceOf(TrainingFailure.class)
        .hasMessage(
            "no test split: %s has only the t10k files; set dataset.split.test to a fraction, such as 0.1",
            FASHION_MNIST);

    IdxFiles.write(folder, "train", images(20, 2, 2), cyclicLabels(20, 2));
    assertThatThrownBy(() -> read(folder, dataset(0.1, null, 0L, null)))
        .hasMessageContaining("has only the train files; set dataset.split.test to a fraction");
  }

  @Test
  void ofOneClassIsRefused() throws IOException {
    IdxFiles.write(folder, "train", images(4, 2, 2), labels(0, 0, 0, 0));
    assertThatThrownBy(() -> read(folder, dataset(0.25, 0.25, 0L, null)))
        .hasMessageEndingWith("has images of one class only; at least two are needed");
  }

  @Test
  void withAFractionOfLessThanOneImageIsRefused() throws IOException {
    IdxFiles.write(folder, "train", images(10, 2, 2), cyclicLabels(10, 2));
    assertThatThrownBy(() -> read(folder, dataset(0.01, 0.3, 0L, null)))
        .hasMessageStartingWith("dataset.split.validation: 0.01 of the 10 images of ")
        .hasMessageEndingWith("is not one image; raise it");
  }

  @Test
  void withTestFilesThatDoNotFitTheTrainFilesIsRefused() throws IOException {
    IdxFiles.write(folder, "train", images(20, 2, 2), cyclicLabels(20, 2));
    IdxFiles.write(folder, "t10k", images(6, 3, 2), cyclicLabels(6, 2));
    assertThatThrownBy(() -> read(folder, dataset(0.1, null, 0L, null)))
        .hasMessageContaining("has images of 2×3 pixels, but train-images-idx3-ubyte of 2×2");

    IdxFiles.write(folder, "t10k", images(6, 2, 2), cyclicLabels(6, 3));
    assertThatThrownBy(() -> read(folder, dataset(0.1, null, 0L, null)))
        .hasMessageContaining("go up to 2, but the training labels only to 1");
  }

  @Test
  void saysWhichClassesNothingIsLearntOf() throws IOException {
    byte[] labels = IdxFiles.labels(0, 0, 0, 0, 1, 2, 2, 2, 2, 4);
    IdxFiles.write(folder, "train", images(10, 2, 2), labels);
    IdxFiles.write(folder, "t10k", images(3, 2, 2), IdxFiles.labels(0, 3, 4));
    assertThat(read(folder, dataset(0.2, null, 0L, null)).remarks())
        .containsExactly(
            "1 of 5 classes have no picture to train on, and 1 of these some to test on: 3",
            "3 of 5 classes have no picture to validate on: 1, 3, 4",
            "2 of 5 classes have no picture to test on: 1, 2");
    assertThat(read(folder, dataset(0, null, 0L, null)).remarks())
        .containsExactly(
            "1 of 5 classes have no picture to train on, and 1 of these some to test on: 3",
            "2 of 5 classes have no picture to test on: 1, 2");
  }

  private static ImageData read(Path folder, Dataset dataset) {
    return ImageData.read(folder, dataset, 32);
  }

  static Dataset dataset(
      double validation, @Nullable Double test, long seed, Dataset.@Nullable Limit limit) {
    return new Dataset(
        Dataset.Format.IDX,
        new Source(null, null, null, null),
        new Dataset.Split(validation, test, seed),
        limit,
        null,
        null,
        null,
        null,
        null,
        null,
        null);
  }
}
