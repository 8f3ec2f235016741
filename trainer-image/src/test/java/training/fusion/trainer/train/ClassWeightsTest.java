package training.fusion.trainer.train;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import training.fusion.api.Dataset;
import training.fusion.api.Training;
import training.fusion.trainer.data.ImageData;
import training.fusion.trainer.format.IdxFiles;
import training.fusion.trainer.model.Golden;
import training.fusion.trainer.report.ClassWeightsText;

class ClassWeightsTest {
  private static final Training.ClassWeights BALANCED =
      new Training.ClassWeights(Training.ClassWeights.Type.BALANCED, null, null);

  @SuppressWarnings("NullAway.Init") // JUnit sets it
  @TempDir
  private Path folder;

  @Test
  void balancedOnesAreScikitLearns() throws IOException {
    JsonNode golden = Golden.read("class-weights.json").get("balanced");
    int[] labels =
        IntStream.range(0, golden.get("labels").size())
            .map(i -> golden.get("labels").get(i).asInt())
            .toArray();

    List<Double> weights = requireNonNull(ClassWeights.of(BALANCED, data(labels)));

    assertThat(weights).hasSize(golden.get("weights").size());
    for (int c = 0; c < weights.size(); c++) {
      assertThat(weights.get(c)).isCloseTo(golden.get("weights").get(c).asDouble(), within(1e-15));
    }
  }

  @Test
  void ofALongTailAreThoseOfTheClassBalancedLossOrOfSquareRoots() throws IOException {
    for (JsonNode golden :
        new ObjectMapper().readTree(Path.of("src/test/golden/class-weights.json").toFile())) {
      int[] counts = new ObjectMapper().convertValue(golden.get("counts"), int[].class);
      ImageData data = data(labels(counts));
      same(
          weights(Training.ClassWeights.Type.BALANCED, null, data), golden.get("balanced"), counts);
      for (var effective : golden.get("effective").properties()) {
        same(
            weights(
                Training.ClassWeights.Type.EFFECTIVE_NUMBER,
                Double.valueOf(effective.getKey()),
                data),
            effective.getValue(),
            counts);
      }
      assertThat(weights(Training.ClassWeights.Type.EFFECTIVE_NUMBER, null, data))
          .isEqualTo(weights(Training.ClassWeights.Type.EFFECTIVE_NUMBER, 0.999, data));
      List<Double> roots = weights(Training.ClassWeights.Type.INVERSE_SQUARE_ROOT, null, data);
      for (int c = 0; c < counts.length; c++) {
        assertThat(roots.get(c) / roots.get(0))
            .isCloseTo(Math.sqrt((double) counts[0] / counts[c]), within(1e-12));
      }
      assertThat(mean(roots, counts)).isCloseTo(1, within(1e-12));
    }
  }

  /** Up to a factor, which a weighted mean does not see; ours is 1 in the mean over the images. */
  private static void same(List<Double> ours, JsonNode theirs, int[] counts) {
    assertThat(mean(ours, counts)).isCloseTo(1, within(1e-12));
    double factor = ours.get(0) / theirs.get(0).asDouble();
    for (int c = 0; c < counts.length; c++) {
      assertThat(ours.get(c)).isCloseTo(factor * theirs.get(c).asDouble(), withinPercentage(1e-4));
    }
  }

  private static double mean(List<Double> weights, int[] counts) {
    return IntStream.range(0, counts.length).mapToDouble(c -> counts[c] * weights.get(c)).sum()
        / IntStream.of(counts).sum();
  }

  private static List<Double> weights(
      Training.ClassWeights.Type type, @Nullable Double beta, ImageData data) {
    return requireNonNull(ClassWeights.of(new Training.ClassWeights(type, beta, null), data));
  }

  private static int[] labels(int[] counts) {
    return IntStream.range(0, counts.length)
        .flatMap(c -> IntStream.range(0, counts[c]).map(i -> c))
        .toArray();
  }

  @Test
  void inALineAreAllOfFewClassesAndTheExtremesOfMany() {
    assertThat(ClassWeightsText.of(List.of(0.5, 2.0, 0.5), List.of("ant", "bee", "cat")))
        .isEqualTo("bee: 2.000, ant: 0.5000, cat: 0.5000");
    List<Double> tail = IntStream.rangeClosed(1, 5000).mapToObj(n -> 91.0 / n).toList();
    List<String> names = IntStream.range(0, 5000).mapToObj(c -> "n" + c).toList();
    assertThat(ClassWeightsText.of(tail, names))
        .isEqualTo("from 0.01820 (n4999) to 91.00 (n0), of 5000 classes");
  }

  @Test
  void aClassWithoutImagesHasNoBalancedWeight() throws IOException {
    ImageData data = data(0, 0, 2, 2);
    assertThatThrownBy(() -> ClassWeights.of(BALANCED, data))
        .hasMessageContaining(
            "1 of 3 classes have no image to train on, so they have no weight by their images: 1;");
  }

  @Test
  void listedOnesAreOneForEachClass() throws IOException {
    ImageData data = data(0, 1, 2);
    var right = new Training.ClassWeights(null, null, List.of(1.0, 0.5, 2.0));
    assertThat(ClassWeights.of(right, data)).containsExactly(1.0, 0.5, 2.0);
    assertThat(ClassWeights.of(null, data)).isNull();
    var wrong = new Training.ClassWeights(null, null, List.of(1.0, 0.5));
    assertThatThrownBy(() -> ClassWeights.of(wrong, data))
        .hasMessageContaining("classWeights.values has 2 weights, and the data set 3 classes");
  }

  private ImageData data(int... labels) throws IOException {
    IdxFiles.write(folder, "train", IdxFiles.images(labels.length, 8, 8), IdxFiles.labels(labels));
    IdxFiles.write(folder, "t10k", IdxFiles.images(3, 8, 8), IdxFiles.labels(0, 1, 2));
    return ImageData.read(
        folder,
        new ObjectMapper()
            .readValue(
                "{\"format\": \"IDX\", \"source\": {}, \"split\": {\"validation\": 0}}",
                Dataset.class),
        32);
  }
}
