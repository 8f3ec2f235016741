package training.fusion.trainer.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.assertj.core.api.AbstractThrowableAssert;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.data.Datasets;
import training.fusion.trainer.data.ImageData;
import training.fusion.trainer.data.PictureCopies;

@DisplayName("A folder of pictures")
class PictureFolderTest {
  private final Path folder;

  PictureFolderTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void hasAClassForEachOfItsFoldersInTheOrderOfTheirNames() throws IOException {
    add("zebra", 4);
    add("Ape", 4);
    add("bear/deeper", 4);
    add(".hidden", 1);
    add("lost+found", 1);
    Files.writeString(folder.resolve("bear/notes.txt"), "no picture");
    ImageData data = read(0.25, 0.25);

    assertThat(data.classNames()).containsExactly("Ape", "bear", "zebra");
    assertThat(data.test().count()).isEqualTo(3);
    assertThat(data.validation().count()).isEqualTo(3);
    assertThat(data.train().count()).isEqualTo(6);
    assertThat(data.train().source().inputs().get(0).bytes()).isEqualTo(3 * 40 * 40);
  }

  @Test
  void mayHaveItsPartsInFoldersOfTheirOwn() throws IOException {
    for (String part : new String[] {"train", "val", "test"}) {
      add(part + "/b", 3);
      add(part + "/a", part.equals("train") ? 5 : 1);
    }
    ImageData data = read(0.1, null);

    assertThat(data.train().count()).isEqualTo(8);
    assertThat(data.validation().count()).isEqualTo(4);
    assertThat(data.test().count()).isEqualTo(4);
    assertThat(data.test().source().file()).isEqualTo(folder.resolve("test"));
    assertThat(read(0.0, null).validatesOnTest()).isTrue();
  }

  @Test
  void givesAClassOfTheTestFolderTheTrainingFoldersLabel() throws IOException {
    add("train/a", 3);
    add("train/b", 3);
    add("test/b", 2); // torchvision would number it 0
    ImageData data = read(0.34, null);

    assertThat(data.test().source().label(0)).isEqualTo(1);
  }

  @Test
  void isRefusedInWordsWhereItIsNotAsExpected() throws IOException {
    assertThatReading(null).hasMessageContaining("has no class folders: one folder for each class");
    add("a", 2);
    assertThatReading(0.5).hasMessageEndingWith("at least two are needed");
    Files.createDirectory(folder.resolve("b"));
    assertThatReading(0.5)
        .hasMessage(
            "%s has no pictures; files named .jpg, .jpeg, .png, .ppm, .bmp, .pgm, .tif, .tiff, .webp are expected",
            folder.resolve("b"));
    add("b", 2);
    assertThatReading(null)
        .hasMessageContaining("has only the class folders; set dataset.split.test to a fraction");
    add("train/a", 2);
    add("test/c", 2);
    assertThatReading(null).hasMessageContaining("none of the class folders a, so their classes");
  }

  private AbstractThrowableAssert<?, ?> assertThatReading(@Nullable Double test) {
    return assertThatThrownBy(() -> read(0.1, test)).isInstanceOf(TrainingFailure.class);
  }

  private ImageData read(double validation, @Nullable Double test) {
    return ImageData.read(folder, Datasets.pictures(validation, test), 40);
  }

  private void add(String name, int pictures) throws IOException {
    PictureCopies.write(folder.resolve(name), pictures);
  }
}
