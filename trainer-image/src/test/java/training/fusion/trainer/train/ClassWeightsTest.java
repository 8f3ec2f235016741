package training.fusion.trainer.train;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import training.fusion.api.Dataset;
import training.fusion.api.Training;
import training.fusion.trainer.data.IdxFiles;
import training.fusion.trainer.data.ImageData;
import training.fusion.trainer.model.Golden;

class ClassWeightsTest {
  private static final Training.ClassWeights BALANCED =
      new Training.ClassWeights(Training.ClassWeights.Type.BALANCED, null);

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
  void aClassWithoutImagesHasNoBalancedWeight() throws IOException {
    ImageData data = data(0, 0, 2, 2);
    assertThatThrownBy(() -> ClassWeights.of(BALANCED, data))
        .hasMessageContaining("class 1 has no image to train on");
  }

  @Test
  void listedOnesAreOneForEachClass() throws IOException {
    ImageData data = data(0, 1, 2);
    var right = new Training.ClassWeights(null, List.of(1.0, 0.5, 2.0));
    assertThat(ClassWeights.of(right, data)).containsExactly(1.0, 0.5, 2.0);
    assertThat(ClassWeights.of(null, data)).isNull();
    var wrong = new Training.ClassWeights(null, List.of(1.0, 0.5));
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
