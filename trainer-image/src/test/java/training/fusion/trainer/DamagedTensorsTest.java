package training.fusion.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import training.fusion.api.Dataset;
import training.fusion.api.Source;
import training.fusion.trainer.data.DamagedPictures;
import training.fusion.trainer.data.ImageData;
import training.fusion.trainer.format.ImageFiles;
import training.fusion.trainer.listing.FolderReading;
import training.fusion.trainer.picture.Framing;
import training.fusion.trainer.tensor.GoldenTensors;

/** Files cut short or with flipped bits; {@code -Dcampaign.rounds=20000} tries more of them. */
@DisplayName("A damaged file of tensors")
class DamagedTensorsTest {
  private static final int ROUNDS = Integer.getInteger("campaign.rounds", 300);

  @SuppressWarnings("NullAway.Init") // JUnit sets it
  @TempDir
  private Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"all.npz", "all.safetensors", "I32-7.npy"})
  @DisplayName("is refused in a sentence that names it, or has other values, which nobody can tell")
  void isRefusedByName(String name) throws IOException {
    Path golden = folder.resolve("golden");
    GoldenTensors.unpack(golden);
    byte[] whole = Files.readAllBytes(golden.resolve("taken").resolve(name));
    Path data = Files.createDirectory(folder.resolve("data"));
    Path file = data.resolve(name);
    if (name.endsWith(".npy")) {
      Files.copy(golden.resolve("taken/U8-7.npy"), data.resolve("label.npy"));
    }
    var random = new Random(1);
    int refused = 0;
    for (int round = 0; round < ROUNDS; round++) {
      Damage damage = Damage.of(whole, random);
      Files.write(file, damage.bytes());
      try {
        var framing = Framing.of(null, 8);
        ImageData read =
            ImageData.whole(ImageFiles.readWhole(data, dataset(), framing, FolderReading.CURRENT));
        assertThatCode(() -> DamagedPictures.find(read, (done, all) -> {}))
            .as(damage.toString())
            .doesNotThrowAnyException();
      } catch (TrainingFailure failure) {
        refused++;
        assertThat(failure.exitCode().code()).as(damage.toString()).isEqualTo(64);
        assertThat(failure.getMessage())
            .as(damage.toString())
            .containsAnyOf(name, data.toString())
            .doesNotContain("\n");
      }
    }
    assertThat(refused).isBetween(ROUNDS / 10, ROUNDS - 1);
  }

  private static Dataset dataset() {
    return new Dataset(
        Dataset.Format.TENSORS,
        new Source(null, null, null, null),
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null);
  }
}
