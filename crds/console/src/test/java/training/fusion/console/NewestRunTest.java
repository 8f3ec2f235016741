package training.fusion.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("output/NAME")
class NewestRunTest {
  @SuppressWarnings("NullAway.Init") // JUnit sets it
  @TempDir
  Path folder;

  @Test
  @DisplayName("is the newest run, by a link that stays right where the folder is moved")
  void newest() throws IOException {
    Path first = Files.createDirectories(folder.resolve("output/runs/first"));
    Path second = Files.createDirectories(folder.resolve("output/volumes/claim/second"));
    Path output = folder.resolve("output");
    assertThat(NewestRun.link(output, "quickstart", first)).isTrue();
    assertThat(NewestRun.link(output, "quickstart", first)).isTrue();
    assertThat(NewestRun.link(output, "quickstart", second)).isTrue();
    Path moved = Files.move(output, folder.resolve("moved"));
    assertThat(moved.resolve("quickstart").toRealPath())
        .isEqualTo(moved.resolve("volumes/claim/second").toRealPath());
    assertThat(moved).isDirectoryNotContaining("glob:**/.newest-*");
  }

  @Test
  @DisplayName("leads to a claim's folder elsewhere")
  void elsewhere() throws IOException {
    Path run = Files.createDirectories(folder.resolve("disk/run"));
    Path output = Files.createDirectories(folder.resolve("output"));
    assertThat(NewestRun.link(output, "quickstart", run)).isTrue();
    assertThat(output.resolve("quickstart").toRealPath()).isEqualTo(run.toRealPath());
  }

  @Test
  @DisplayName("is left alone where it is a folder, and where it would be one of ours")
  void taken() throws IOException {
    Path run = Files.createDirectories(folder.resolve("run"));
    Path own = Files.createDirectories(folder.resolve("quickstart"));
    assertThat(NewestRun.link(folder, "quickstart", run)).isFalse();
    assertThat(own).isDirectory();
    assertThat(NewestRun.link(folder, "logs", run)).isFalse();
    assertThat(folder.resolve("logs")).doesNotExist();
  }
}
