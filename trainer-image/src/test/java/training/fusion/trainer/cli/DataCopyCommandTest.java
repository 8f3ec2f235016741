package training.fusion.trainer.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.process.StopSignal;
import training.fusion.trainer.source.PackagedData;

/** What the Job of {@code examples/00-data.yaml} runs. */
@Tag("libtorch")
class DataCopyCommandTest {
  private static final Path REPOSITORY = Path.of("..").toAbsolutePath();
  private static final Path SAMPLE = REPOSITORY.resolve("examples/data/fashion-mnist");
  private static final String IMAGES = "t10k-images-idx3-ubyte.gz";

  @SuppressWarnings("NullAway.Init") // JUnit sets it
  @TempDir
  private Path folder;

  @BeforeEach
  void root() {
    System.setProperty("fusion.root", REPOSITORY.toString());
  }

  @AfterEach
  void noRoot() {
    System.clearProperty("fusion.root");
  }

  @Test
  void theSampleIsThereOnceAndStaysAsItIsTheSecondTime() throws IOException {
    Path target = folder.resolve("claim/fashion-mnist");
    assertThat(copy("fashion-mnist", target))
        .isEqualTo("0 fashion-mnist: 3 files copied to " + target);
    assertThat(names(target)).containsExactly("README.md", IMAGES, "t10k-labels-idx1-ubyte.gz");
    for (String name : names(target)) {
      assertThat(Files.mismatch(target.resolve(name), SAMPLE.resolve(name))).as(name).isEqualTo(-1);
    }

    FileTime before = FileTime.from(Instant.parse("2020-01-01T00:00:00Z"));
    Files.setLastModifiedTime(target.resolve(IMAGES), before);
    assertThat(copy("fashion-mnist", target))
        .isEqualTo("0 fashion-mnist is in " + target + " already");
    assertThat(Files.getLastModifiedTime(target.resolve(IMAGES))).isEqualTo(before);
  }

  @Test
  void aFileThatWasCutOffIsCopiedAgain() throws IOException {
    copy("fashion-mnist", folder);
    Files.writeString(folder.resolve(IMAGES), "half");
    assertThat(copy("fashion-mnist", folder)).contains("1 files copied");
    assertThat(Files.mismatch(folder.resolve(IMAGES), SAMPLE.resolve(IMAGES))).isEqualTo(-1);
  }

  @Test
  void aDamagedImageIsSaidToBeAndLeavesNothing() throws IOException {
    Path damaged = Files.createDirectories(folder.resolve("image"));
    Files.writeString(damaged.resolve("a"), "not what was summed");
    Files.writeString(damaged.resolve(PackagedData.SUMS), "0".repeat(64) + "  a\n");
    Path target = folder.resolve("target");
    assertThatThrownBy(() -> new PackagedData(damaged).copyTo(target))
        .isInstanceOf(TrainingFailure.class)
        .hasMessageContaining(damaged.resolve("a") + " has the sha256 ")
        .hasMessageContaining("SHA256SUMS says 0000");
    assertThat(names(target)).isEmpty();
  }

  @Test
  void whatDoesNotComeWithTheTrainerIsRefusedWithWhatDoes() {
    assertThat(copy("cifar10", folder))
        .isEqualTo("64 no data set cifar10 comes with the trainer; it has fashion-mnist");
    assertThat(run("data")).startsWith("64 a command is missing: copy");
  }

  private static String copy(String name, Path target) {
    return run("data", "copy", name, target.toString());
  }

  /** Exit code and what was said. */
  private static String run(String... arguments) {
    var said = new StringWriter();
    var writer = new PrintWriter(said);
    int code =
        FusionTrainer.commandLine(new StopSignal())
            .setOut(writer)
            .setErr(writer)
            .execute(arguments);
    return code + " " + said.toString().strip();
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }
}
