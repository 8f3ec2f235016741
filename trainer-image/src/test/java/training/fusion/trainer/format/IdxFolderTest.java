package training.fusion.trainer.format;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static training.fusion.trainer.format.IdxFiles.cyclicLabels;
import static training.fusion.trainer.format.IdxFiles.gzip;
import static training.fusion.trainer.format.IdxFiles.images;
import static training.fusion.trainer.format.IdxFiles.labels;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import training.fusion.api.Dataset;
import training.fusion.api.run.ExitCode;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.data.Datasets;
import training.fusion.trainer.sample.LabelledImages;

@DisplayName("A folder of IDX files")
class IdxFolderTest {
  private final Path folder;

  IdxFolderTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void isReadWhetherCompressedOrNot() throws IOException {
    Files.write(folder.resolve("t10k-images-idx3-ubyte.gz"), gzip(images(6, 2, 3)));
    Files.write(folder.resolve("t10k-labels-idx1-ubyte"), labels(5, 4, 3, 2, 1, 255));

    ImageFiles read = IdxFolder.read(folder);

    assertThat(read.train()).isNull();
    LabelledImages test = (LabelledImages) requireNonNull(read.test());
    assertThat(test.count()).isEqualTo(6);
    assertThat(test.channels()).isEqualTo(1);
    assertThat(test.height()).isEqualTo(2);
    assertThat(test.width()).isEqualTo(3);
    assertThat(test.label(5)).isEqualTo(255);
  }

  @ParameterizedTest
  @CsvSource({
    "emnist-letters-train-images-idx3-ubyte.gz, emnist-letters-train-labels-idx1-ubyte.gz, emnist-letters-test-images-idx3-ubyte.gz, emnist-letters-test-labels-idx1-ubyte.gz",
    "train-images.idx3-ubyte, train-labels.idx1-ubyte, t10k-images.idx3-ubyte, t10k-labels.idx1-ubyte",
    "train-images-idx3-ubyte/train-images-idx3-ubyte, train-labels-idx1-ubyte/train-labels-idx1-ubyte, t10k-images-idx3-ubyte/t10k-images-idx3-ubyte, t10k-labels-idx1-ubyte/t10k-labels-idx1-ubyte",
    "MNIST/raw/train-images-idx3-ubyte, MNIST/raw/train-labels-idx1-ubyte, MNIST/raw/t10k-images-idx3-ubyte, MNIST/raw/t10k-labels-idx1-ubyte",
  })
  void withTheNamesThatOthersGiveIsRead(
      String train, String trainLabels, String test, String testLabels) throws IOException {
    put(train, images(4, 2, 2));
    put(trainLabels, cyclicLabels(4, 2));
    put(test, images(2, 2, 2));
    put(testLabels, cyclicLabels(2, 2));
    Files.writeString(folder.resolve(".DS_Store"), "");
    ImageFiles read = IdxFolder.read(folder);
    assertThat(requireNonNull(read.train()).count()).isEqualTo(4);
    assertThat(requireNonNull(read.test()).count()).isEqualTo(2);
  }

  @Test
  void withTheFilesOfTwoDataSetsNamesThem() throws IOException {
    put("emnist-letters-train-images-idx3-ubyte", images(4, 2, 2));
    put("emnist-digits-train-images-idx3-ubyte", images(4, 2, 2));
    assertThatReading(folder)
        .hasMessageContaining(
            "has the files of several data sets: emnist-digits-train-images-idx3-ubyte, emnist-letters-train-images-idx3-ubyte");
  }

  private void put(String name, byte[] content) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(requireNonNull(file.getParent()));
    Files.write(file, name.endsWith(".gz") ? gzip(content) : content);
  }

  @Test
  void thatIsMissingIsNamed() {
    assertThatReading(folder.resolve("nowhere"))
        .hasMessage(
            "the data set's folder %s is not there; check dataset.source",
            folder.resolve("nowhere"));
  }

  @Test
  void withoutFilesSaysWhatIsExpected() {
    assertThatReading(folder)
        .hasMessageStartingWith(
            folder + " has no IDX files: train-images-idx3-ubyte and train-labels-idx1-ubyte");
  }

  @Test
  void withHalfOfAPairNamesTheOtherHalf() throws IOException {
    Files.write(folder.resolve("train-images-idx3-ubyte"), images(2, 2, 2));
    assertThatReading(folder)
        .hasMessage(
            "%s is missing beside train-images-idx3-ubyte, with or without .gz",
            folder.resolve("train-labels-idx1-ubyte"));
  }

  @Test
  void withImagesAndLabelsOfDifferentCountsNamesBoth() throws IOException {
    IdxFiles.write(folder, "train", images(5, 2, 2), cyclicLabels(4, 2));
    assertThatReading(folder)
        .hasMessage(
            "%s has 5 images, but train-labels-idx1-ubyte has 4 labels; the two files do not belong together",
            folder.resolve("train-images-idx3-ubyte"));
  }

  @Test
  void withATruncatedFileNamesItAndSaysHowMuchIsMissing() throws IOException {
    byte[] whole = images(5, 2, 2);
    IdxFiles.write(folder, "train", Arrays.copyOf(whole, whole.length - 3), cyclicLabels(5, 2));
    assertThatReading(folder)
        .hasMessage(
            "%s is damaged: it ends after 17 of the 20 bytes that its header announces; fetch the file again",
            folder.resolve("train-images-idx3-ubyte"));
  }

  @Test
  void withAFileThatEndsWithinItsHeaderNamesIt() throws IOException {
    IdxFiles.write(folder, "train", new byte[] {0, 0, 8}, cyclicLabels(5, 2));
    assertThatReading(folder)
        .hasMessage(
            "%s is damaged: it ends too early; fetch the file again",
            folder.resolve("train-images-idx3-ubyte"));
  }

  @Test
  void withATruncatedCompressedFileNamesIt() throws IOException {
    byte[] whole = gzip(images(5, 2, 2));
    Files.write(
        folder.resolve("train-images-idx3-ubyte.gz"), Arrays.copyOf(whole, whole.length - 12));
    Files.write(folder.resolve("train-labels-idx1-ubyte"), cyclicLabels(5, 2));
    assertThatReading(folder)
        .hasMessageStartingWith(folder.resolve("train-images-idx3-ubyte.gz") + " is damaged: it ");
  }

  @Test
  void withADamagedCompressedFileNamesIt() throws IOException {
    byte[] damaged = gzip(images(5, 2, 2));
    damaged[damaged.length - 8] ^= 1; // the check sum
    Files.write(folder.resolve("train-images-idx3-ubyte.gz"), damaged);
    Files.write(folder.resolve("train-labels-idx1-ubyte"), cyclicLabels(5, 2));
    assertThatReading(folder)
        .hasMessage(
            "%s is damaged: its gzip data are not valid; fetch the file again",
            folder.resolve("train-images-idx3-ubyte.gz"));
  }

  @Test
  void withAFileThatGoesOnAfterItsEndNamesIt() throws IOException {
    byte[] whole = images(5, 2, 2);
    IdxFiles.write(folder, "train", Arrays.copyOf(whole, whole.length + 1), cyclicLabels(5, 2));
    assertThatReading(folder)
        .hasMessageContaining("it goes on after the 20 bytes that its header announces");
  }

  @Test
  void thatIsCutWhileItIsReadIsNamed() throws IOException {
    IdxFiles.write(folder, "t10k", images(6, 2, 3), labels(5, 4, 3, 2, 1, 0));
    LabelledImages test = (LabelledImages) requireNonNull(IdxFolder.read(folder).test());
    Path file = folder.resolve("t10k-images-idx3-ubyte");
    byte[] whole = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(whole, whole.length - 4));
    assertThat(test.original(4).samples()).isEqualTo(Arrays.copyOfRange(whole, 40, 46));
    assertThatThrownBy(() -> test.original(5))
        .isInstanceOf(TrainingFailure.class)
        .hasMessage(
            "%s has become shorter while it was read: image 5 ended at byte 52; put the whole file back",
            file);
    Files.write(file, whole);
    assertThat(test.original(5).samples()).isEqualTo(Arrays.copyOfRange(whole, 46, 52));
  }

  /** Java's buffers end at 2 GiB; a file with a hole takes no room. */
  @Test
  void thatIsLargerThanAnyBufferIsReadWhereItLies() throws IOException {
    Path file = folder.resolve("t10k-images-idx3-ubyte");
    int count = 3000;
    Files.write(file, IdxFiles.bytes(0x0803, new byte[0], count, 1024, 1024));
    long last = 16 + (count - 1L) * (1 << 20);
    try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(new byte[] {7}), last);
      channel.write(ByteBuffer.wrap(new byte[] {9}), last + (1 << 20) - 1);
    }
    Files.write(folder.resolve("t10k-labels-idx1-ubyte"), cyclicLabels(count, 2));
    LabelledImages test = (LabelledImages) requireNonNull(IdxFolder.read(folder).test());
    ByteBuffer image = ByteBuffer.allocate(test.imageBytes());
    test.put(count - 1, image, 0);
    assertThat(image.get(0)).isEqualTo((byte) 7);
    assertThat(image.get(test.imageBytes() - 1)).isEqualTo((byte) 9);
  }

  @Test
  void thatUnpacksToMuchIsReadFromScratchSpace() throws IOException {
    int count = 80;
    try (var images =
        new GZIPOutputStream(Files.newOutputStream(folder.resolve("t10k-images-idx3-ubyte.gz")))) {
      images.write(IdxFiles.bytes(0x0803, new byte[0], count, 1024, 1024));
      byte[] image = new byte[1 << 20];
      for (int i = 0; i < count; i++) {
        Arrays.fill(image, (byte) i);
        images.write(image);
      }
    }
    Files.write(folder.resolve("t10k-labels-idx1-ubyte"), cyclicLabels(count, 2));
    LabelledImages test = (LabelledImages) requireNonNull(IdxFolder.read(folder).test());
    for (int i = 0; i < count; i += 13) {
      assertThat(test.original(i).samples()).containsOnly(i).hasSize(1 << 20);
    }
    Path images = folder.resolve("t10k-images-idx3-ubyte.gz");
    byte[] whole = Files.readAllBytes(images);
    Files.write(images, Arrays.copyOf(whole, whole.length - 12));
    assertThatReading(folder).hasMessageStartingWith(images + " is damaged: it ends ");
  }

  @Test
  void withLabelsInPlaceOfImagesSaysWhatTheFileIs() throws IOException {
    IdxFiles.write(folder, "train", cyclicLabels(5, 2), cyclicLabels(5, 2));
    assertThatReading(folder)
        .hasMessage(
            "%s is not an IDX file of unsigned bytes in 3 dimension(s): it begins with 0x00000801 instead of 0x00000803",
            folder.resolve("train-images-idx3-ubyte"));
  }

  @Test
  void withSizesThatCannotBeSaysSoInsteadOfAskingForMemory() throws IOException {
    byte[] huge = IdxFiles.bytes(0x0803, new byte[0], 60_000, 70_000, 70_000);
    IdxFiles.write(folder, "train", huge, cyclicLabels(5, 2));
    assertThatReading(folder)
        .hasMessageContaining("sizes [60000, 70000, 70000]; each must be at least 1");

    byte[] none = IdxFiles.bytes(0x0803, new byte[0], 0, 28, 28);
    IdxFiles.write(folder, "train", none, cyclicLabels(5, 2));
    assertThatReading(folder).hasMessageContaining("sizes [0]; each must be at least 1");
  }

  private static AbstractThrowableAssert<?, ?> assertThatReading(Path folder) {
    return assertThatThrownBy(() -> Datasets.files(folder, Dataset.Format.IDX))
        .isInstanceOfSatisfying(
            TrainingFailure.class,
            failure -> {
              assertThat(failure.exitCode()).isEqualTo(ExitCode.BAD_CONFIGURATION);
              assertThat(failure.toFailure().reason()).isEqualTo("BadData");
            });
  }
}
