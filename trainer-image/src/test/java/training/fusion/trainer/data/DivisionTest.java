package training.fusion.trainer.data;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import training.fusion.api.Dataset;
import training.fusion.api.run.ClassesWithoutPictures;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.format.ImageFiles;

@DisplayName("A data set's division")
class DivisionTest {
  private final Path folder;

  DivisionTest(@TempDir Path folder) {
    this.folder = folder;
  }

  /** Digests that the trainer wrote before {@link Division} was noted. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "null"
            + "|537ab119a39d7228730ee3f4fb9c62fcfa899ac9cbe83d776780ecc38c5f30dd"
            + "|e23cab627a40b9768f8cd245b1fbe0679ddcb720ee27d79a19057a7138d3f256"
            + "|89f02c3b7a8114eca1b35b537a6d1b6ee6368a24f38ee1a3f9ee9e52100bd483",
        "{\"train\": 5, \"validation\": 2, \"test\": 2}"
            + "|07371fbacc364bd0dd9238a6f76ed579be333ef2f1549cc9ea638ff58f674e07"
            + "|1c67efa6dc7dc13a5287b25218758b27cd16d1cd0b3bb4816efd0a111fbf9f65"
            + "|5bb5ad39bcff1085a4726092f36fae28614d215bce086a24b74b06edf44a7d87"
      })
  @DisplayName("of a run that began before it was noted is as it was then")
  void asItWas(String limit, String train, String validation, String test) throws IOException {
    touch(5, 5, 5, 5, 5, 5, 1, 1, 2, 9);
    String split = "{\"validation\": 0.1, \"test\": 0.1, \"seed\": 3}";
    DatasetDigest then =
        DatasetDigest.of(divided(split, limit, KnownParts.NONE, Division.BEFORE_IT_WAS_NOTED));
    assertThat(then.train().sha256()).isEqualTo(train);
    assertThat(requireNonNull(then.validation()).sha256()).isEqualTo(validation);
    assertThat(then.test().sha256()).isEqualTo(test);
    assertThat(DatasetDigest.of(divided(split, limit, KnownParts.NONE, Division.CURRENT)))
        .isNotEqualTo(then);
  }

  @Test
  @DisplayName("by other rules leaves each picture where a run's list has it")
  void byTheList() throws IOException {
    touch(5, 5, 5, 5, 5, 5, 1, 1, 2, 9);
    String split = "{\"validation\": 0.1, \"test\": 0.1, \"seed\": 3}";
    for (String limit : List.of("null", "{\"train\": 5, \"validation\": 2, \"test\": 2}")) {
      PictureList then =
          PictureList.of(divided(split, limit, KnownParts.NONE, Division.BEFORE_IT_WAS_NOTED));
      assertThat(PictureList.of(divided(split, limit, then.parts(), Division.CURRENT)))
          .isEqualTo(then);
    }
  }

  @Test
  @DisplayName("with room for fewer pictures than classes has the same classes in all parts")
  void fewerThanClasses() throws IOException {
    touch(IntStream.generate(() -> 5).limit(200).toArray());
    ImageData data =
        divided(
            "{\"validation\": 0.1, \"test\": 0.1}",
            "{\"train\": 100, \"validation\": 20, \"test\": 20}",
            KnownParts.NONE,
            Division.CURRENT);
    int[] trained = data.train().countByClass(200);
    int[] validated = data.validation().countByClass(200);
    int[] tested = data.test().countByClass(200);
    assertThat(validated).isEqualTo(tested).containsOnly(0, 1);
    for (int c = 0; c < 200; c++) {
      assertThat(trained[c]).isGreaterThanOrEqualTo(tested[c]);
    }
    assertThat(data.remarks())
        .hasSize(2)
        .anySatisfy(
            said ->
                assertThat(said)
                    .matches(
                        "100 of 200 classes have no picture to train on, and 0 of these some to test on: .* and 90 more"))
        .anySatisfy(
            said ->
                assertThat(said)
                    .matches(
                        "180 of 200 classes have no picture to validate or test on: .* and 170 more"));
    ClassesWithoutPictures told = requireNonNull(data.classesWithoutPictures());
    assertThat(requireNonNull(told.train()).count()).isEqualTo(100);
    assertThat(requireNonNull(told.test()).count()).isEqualTo(180);
    assertThat(requireNonNull(told.test()).names()).hasSize(5);
    assertThat(
            divided(
                    "{\"validation\": 0.2, \"test\": 0.2}",
                    "null",
                    KnownParts.NONE,
                    Division.CURRENT)
                .classesWithoutPictures())
        .isNull();
  }

  @Test
  @DisplayName("with a limit on training alone leaves out what can't be judged, and tells it")
  void trainAlone() throws IOException {
    touch(IntStream.generate(() -> 10).limit(50).toArray());
    ImageData data =
        divided(
            "{\"validation\": 0.1, \"test\": 0.1}",
            "{\"train\": 20}",
            KnownParts.NONE,
            Division.CURRENT);
    assertThat(data.validation().count()).isEqualTo(20);
    assertThat(data.test().count()).isEqualTo(20);
    assertThat(data.remarks())
        .contains(
            "dataset.limit.train has no room for 30 of the classes: their 30 pictures to validate on and 30 to test on are left out, too");
  }

  @Test
  @DisplayName(
      "of classes of one picture each is refused, and of some of them keeps these to train on")
  void singles() throws IOException {
    touch(1, 1, 1, 1, 1, 1, 1, 1, 1, 1);
    String split = "{\"validation\": 0.3, \"test\": 0.3}";
    assertThatThrownBy(() -> divided(split, "null", KnownParts.NONE, Division.CURRENT))
        .isInstanceOf(TrainingFailure.class)
        .hasMessageContaining("dataset.split.test: no class of ")
        .hasMessageContaining("since each keeps one to train on; add pictures to its classes");
    touch(1, 1, 1, 9, 2);
    ImageData data = divided(split, "null", KnownParts.NONE, Division.CURRENT);
    assertThat(data.train().countByClass(10)).doesNotContain(0);
    assertThat(data.remarks()).anySatisfy(said -> assertThat(said).contains("validate"));
  }

  private ImageData divided(String split, String limit, KnownParts known, Division division)
      throws IOException {
    Dataset dataset =
        new ObjectMapper()
            .readValue(
                "{\"format\": \"ImageFolder\", \"source\": {}, \"split\": %s, \"limit\": %s}"
                    .formatted(split, limit),
                Dataset.class);
    ImageFiles files = Datasets.files(folder, Dataset.Format.IMAGE_FOLDER);
    return ImageData.of(files, dataset, known, division);
  }

  /** Files that are never opened, so many for each class. */
  private void touch(int... sizes) throws IOException {
    for (int c = 0; c < sizes.length; c++) {
      Path classFolder = Files.createDirectories(folder.resolve("c" + c));
      for (int i = 0; i < sizes[c]; i++) {
        Files.write(classFolder.resolve("%02d.png".formatted(i)), new byte[0]);
      }
    }
  }
}
