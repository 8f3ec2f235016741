package training.fusion.trainer.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import training.fusion.api.Dataset;
import training.fusion.api.Source;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.data.ImageData;
import training.fusion.trainer.sample.LabelledImages;

@DisplayName("A folder of CIFAR-10's binary version")
class Cifar10FolderTest {
  private static final int RECORD = 3073;

  private final Path folder;

  Cifar10FolderTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @BeforeEach
  void files() throws IOException {
    for (int batch = 1; batch <= 5; batch++) {
      Files.write(folder.resolve("data_batch_%d.bin".formatted(batch)), records(20, batch));
    }
    Files.write(folder.resolve("test_batch.bin"), records(10, 6));
  }

  @Test
  void hasItsPartsAndInterleavesItsPlanes() {
    ImageData data = ImageData.read(folder, dataset(null), 32);

    assertThat(data.train().count()).isEqualTo(90);
    assertThat(data.validation().count()).isEqualTo(10);
    assertThat(data.test().count()).isEqualTo(10);
    assertThat(data.classNames()).startsWith("airplane", "automobile").hasSize(10);
    LabelledImages test = (LabelledImages) data.test().source();
    assertThat(test.label(3)).isEqualTo(3);
    var pixels = ByteBuffer.allocate(test.imageBytes());
    test.put(3, pixels, 0);
    byte[] record = Arrays.copyOfRange(records(10, 6), 3 * RECORD, 4 * RECORD);
    int pixel = 32 * 5 + 7; // row 5, column 7
    for (int channel = 0; channel < 3; channel++) {
      assertThat(pixels.get(3 * pixel + channel)).isEqualTo(record[1 + 1024 * channel + pixel]);
    }
  }

  @Test
  void takesTheNamesOfItsClassesFromItsFile() throws IOException {
    String names = "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\n\n";
    Files.writeString(folder.resolve("batches.meta.txt"), names);
    assertThat(ImageData.read(folder, dataset(null), 32).classNames())
        .containsExactly("a", "b", "c", "d", "e", "f", "g", "h", "i", "j");

    Files.writeString(folder.resolve("batches.meta.txt"), "a\nb\n");
    assertThatReadingSays("batches.meta.txt must have 10 names of classes, one a line; it has 2");
  }

  @Test
  void isFoundWhereItsArchiveUnpacksTo(@TempDir Path above) throws IOException {
    Path unpacked = Files.createDirectory(above.resolve("cifar-10-batches-bin"));
    Files.write(unpacked.resolve("test_batch.bin"), records(20, 1));
    assertThat(ImageData.read(above, dataset(0.2), 32).test().count()).isEqualTo(4);
  }

  @Test
  void withATruncatedFileNamesIt() throws IOException {
    Path file = folder.resolve("data_batch_3.bin");
    Files.write(file, Arrays.copyOf(records(20, 3), 20 * RECORD - 1));
    assertThatReadingSays(
        "%s is damaged: its 61459 bytes are no whole number of CIFAR-10's records of 3073 bytes"
            .formatted(file));
  }

  @Test
  void withALabelThatIsNoneNamesFileAndImage() throws IOException {
    byte[] records = records(10, 6);
    records[4 * RECORD] = (byte) 200;
    Files.write(folder.resolve("test_batch.bin"), records);
    assertThatReadingSays("image 4 has the label 200, but labels are 0–9");
  }

  @Test
  void withoutOneOfItsFilesNamesIt() throws IOException {
    Files.delete(folder.resolve("data_batch_2.bin"));
    assertThatReadingSays("data_batch_2.bin is missing in " + folder);
  }

  @Test
  void withoutTestFileSaysWhatToSet() throws IOException {
    Files.delete(folder.resolve("test_batch.bin"));
    assertThatReadingSays("has only the data_batch files; set dataset.split.test to a fraction");
  }

  private void assertThatReadingSays(String sentence) {
    assertThatThrownBy(() -> ImageData.read(folder, dataset(null), 32))
        .isInstanceOf(TrainingFailure.class)
        .hasMessageContaining(sentence);
  }

  private static Dataset dataset(@Nullable Double test) {
    return new Dataset(
        Dataset.Format.CIFAR10,
        new Source(null, null, null, null),
        new Dataset.Split(0.1, test, 0L),
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null);
  }

  /** Labels 0 to 9 in turn, and pixels of which no two nearby are alike. */
  static byte[] records(int count, int seed) {
    byte[] bytes = new byte[count * RECORD];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = i % RECORD == 0 ? (byte) (i / RECORD % 10) : (byte) (i * 31 + i / 251 + seed);
    }
    return bytes;
  }
}
