package training.fusion.trainer.format;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.stream.IntStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import training.fusion.api.Dataset;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.data.Datasets;
import training.fusion.trainer.sample.LabelledImages;

/** Against what torchvision read of the files that {@code oracle/cifar.py} has made. */
@DisplayName("CIFAR")
class CifarVersionsTest {
  private static final Path FILES = Path.of("src/test/golden/cifar.zip");

  private final Path folder;

  CifarVersionsTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "cifar10-binary",
        "cifar10-python-2",
        "cifar10-protocol-2",
        "cifar10-protocol-4",
        "cifar10-protocol-5",
        "cifar10-bytes-for-keys",
        "cifar100-binary",
        "cifar100-python-2",
        "cifar100-protocol-2",
        "cifar100-protocol-4",
        "cifar100-protocol-5",
        "cifar100-bytes-for-keys"
      })
  @DisplayName("has the pictures, labels and classes in each version that torchvision reads")
  void isAsTorchvisionReadsIt(String version) throws Exception {
    unpack(version);
    JsonNode expected;
    try (var zip = new ZipFile(FILES.toFile())) {
      expected = new ObjectMapper().readTree(content(zip, "expected.json")).get(version);
    }
    ImageFiles files = read(version);
    assertThat(files.classNames())
        .containsExactly(new ObjectMapper().convertValue(expected.get("classes"), String[].class));
    assertSame((LabelledImages) files.train(), expected.get("train"));
    assertSame((LabelledImages) files.test(), expected.get("test"));
  }

  @Test
  @DisplayName("of Python is found where its archive unpacks to, whatever else is there")
  void isFoundWhereItsArchiveUnpacksTo() throws IOException {
    Path above = Files.createDirectory(folder.resolve("cifar-100-python"));
    unpack("cifar100-python-2", above);
    Files.writeString(folder.resolve("cifar-100-python.tar.gz"), "the archive");
    Files.createDirectory(folder.resolve("other"));
    assertThat(requireNonNull(read("cifar100").train()).count()).isEqualTo(5);
  }

  @Test
  @DisplayName("in a pickle that names a function is refused, and the function is not run")
  void runsNothing() throws IOException {
    unpack("cifar10-python-2");
    Path ran = folder.resolve("ran");
    String program = "cposix\nsystem\n(X%stR.";
    byte[] command = ("touch " + ran).getBytes(StandardCharsets.UTF_8);
    byte[] length = {(byte) command.length, 0, 0, 0};
    String written =
        program.formatted(
            new String(length, StandardCharsets.ISO_8859_1)
                + new String(command, StandardCharsets.ISO_8859_1));
    Files.write(folder.resolve("data_batch_3"), written.getBytes(StandardCharsets.ISO_8859_1));
    assertRefused(
        "data_batch_3 is damaged, or not of CIFAR's Python version: its pickle names posix.system, which such files do not need; nothing was run");
    assertThat(ran).doesNotExist();
  }

  @Test
  @DisplayName("that is cut off, of another shape, or no dictionary is refused by the file's name")
  void isRefusedIfDamaged() throws IOException {
    unpack("cifar10-python-2");
    Path file = folder.resolve("test_batch");
    byte[] whole = Files.readAllBytes(file);
    for (int length : new int[] {0, 1, 40, whole.length / 2, whole.length - 1}) {
      Files.write(file, Arrays.copyOf(whole, length));
      assertRefused(file + " is damaged, or not of CIFAR's Python version: it ends too early");
    }
    Files.write(file, new byte[] {(byte) 0x80, 2, 'K', 1, '.'});
    assertRefused("it is no dictionary as CIFAR's files have");
    Files.write(file, new byte[] {(byte) 0x80, 2, '}', '.'});
    assertRefused("it has no labels or fine_labels");
    Files.write(file, "<html>".getBytes(StandardCharsets.UTF_8));
    assertRefused("its pickle has the opcode 0x3c, which such files do not have");
  }

  @Test
  @DisplayName("that is not there is told with the files of both versions")
  void isNotThere() {
    assertRefused(
        folder
            + " has no files of CIFAR-10: data_batch_1.bin to data_batch_5.bin and test_batch.bin, or, in Python's version, data_batch_1 to data_batch_5 and test_batch are expected");
  }

  private void assertRefused(String words) {
    assertThatThrownBy(() -> read("cifar10"))
        .isInstanceOf(TrainingFailure.class)
        .hasMessageContaining(words);
  }

  private ImageFiles read(String version) {
    return Datasets.files(
        folder,
        version.startsWith("cifar100-") || version.equals("cifar100")
            ? Dataset.Format.CIFAR100
            : Dataset.Format.CIFAR10);
  }

  private static void assertSame(@Nullable LabelledImages images, JsonNode expected)
      throws Exception {
    int count = requireNonNull(images).count();
    assertThat(IntStream.range(0, count).map(images::label).toArray())
        .isEqualTo(new ObjectMapper().convertValue(expected.get("labels"), int[].class));
    ByteBuffer pixels = ByteBuffer.allocate(count * images.imageBytes());
    for (int image = 0; image < count; image++) {
      images.put(image, pixels, image * images.imageBytes());
    }
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(pixels.array());
    assertThat(HexFormat.of().formatHex(digest)).isEqualTo(expected.get("sha256").asText());
  }

  private void unpack(String version) throws IOException {
    unpack(version, folder);
  }

  private static void unpack(String version, Path target) throws IOException {
    try (var zip = new ZipFile(FILES.toFile())) {
      for (ZipEntry entry : zip.stream().toList()) {
        if (entry.getName().startsWith(version + "/")) {
          String name = entry.getName().substring(version.length() + 1);
          Files.write(target.resolve(name), content(zip, entry.getName()));
        }
      }
    }
  }

  private static byte[] content(ZipFile zip, String name) throws IOException {
    try (var stream = zip.getInputStream(zip.getEntry(name))) {
      return stream.readAllBytes();
    }
  }
}
