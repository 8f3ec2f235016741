package training.fusion.trainer.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.data.IdxFiles;

class ArchiveTest {
  @SuppressWarnings("NullAway.Init") // JUnit sets it
  @TempDir
  private Path folder;

  @Test
  void tarTarGzAndZipAreUnpackedWhateverTheirName() throws IOException {
    Map<String, byte[]> files = Map.of("a/b", new byte[] {1, 2}, "c", new byte[600]);
    for (byte[] archive :
        new byte[][] {Archives.tar(files), Archives.tarGz(files), Archives.zip(files)}) {
      Path target = Files.createTempDirectory(folder, "target");
      assertThat(unpack(archive, target)).isTrue();
      assertThat(target.resolve("a/b")).hasBinaryContent(new byte[] {1, 2});
      assertThat(target.resolve("c")).hasSize(600);
    }
  }

  @Test
  void aCompressedFileThatIsNoTarStaysAsItIs() throws IOException {
    Path target = folder.resolve("target");
    assertThat(unpack(IdxFiles.gzip(IdxFiles.images(9, 9, 9)), target)).isFalse();
    assertThat(unpack(IdxFiles.images(9, 9, 9), target)).isFalse();
    assertThat(target).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(strings = {"../out", "a/../../out", "/out", "a/..", "..\\out"})
  void aPathThatLeavesTheFolderIsRefusedByName(String name) throws IOException {
    for (byte[] archive :
        new byte[][] {
          Archives.tar(Map.of(name, new byte[1])), Archives.zip(Map.of(name, new byte[1]))
        }) {
      refused(archive, "has a path that leaves its folder");
    }
    assertThat(folder.resolve("out")).doesNotExist();
    assertThat(Path.of("/out")).doesNotExist();
  }

  @Test
  void aLinkIsRefusedByName() throws IOException {
    refused(Archives.tarWithLink("innocent", "/etc/passwd"), "innocent");
  }

  @Test
  void anArchiveThatGrowsAThousandfoldIsRefused() throws IOException {
    byte[] archive = Archives.tarGz(Map.of("zeros", new byte[1 << 20]));
    Path file = Files.write(folder.resolve("archive"), archive);
    assertThatExceptionOfType(TrainingFailure.class)
        .isThrownBy(
            () ->
                Archive.unpack(file, "archive", folder.resolve("target"), Recorder.patient(), 1000))
        .withMessageContaining("zeros makes it more than");
  }

  @Test
  void aCutArchiveIsDamaged() throws IOException {
    byte[] content = new byte[100_000];
    new java.util.Random(1).nextBytes(content);
    Map<String, byte[]> files = Map.of("a", content);
    for (byte[] whole :
        new byte[][] {Archives.tar(files), Archives.tarGz(files), Archives.zip(files)}) {
      byte[] half = Arrays.copyOf(whole, whole.length / 2);
      refused(half, "damaged archive");
    }
  }

  private boolean unpack(byte[] archive, Path target) throws IOException {
    Path file = Files.write(folder.resolve("archive"), archive);
    return Archive.unpack(file, "archive", target, Recorder.patient());
  }

  private void refused(byte[] archive, String sentence) {
    assertThatExceptionOfType(TrainingFailure.class)
        .isThrownBy(() -> unpack(archive, Files.createTempDirectory(folder, "target")))
        .withMessageStartingWith("archive")
        .withMessageContaining(sentence);
  }
}
