package training.fusion.trainer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import training.fusion.api.run.RunConfiguration;

@Tag("libtorch") // asks it for a GPU, where it is the one for CUDA
@DisplayName("A training's file on the command line")
class TrainingFileTest {
  @ParameterizedTest(name = "metadata with {0} is {1}")
  @DisplayName("names the run by namespace and name, which MLflow's experiment is, and its folder")
  @CsvSource({
    "'name: quickstart', default/quickstart",
    "'name: quickstart, namespace: vision', vision/quickstart"
  })
  void name(String metadata, String name, @TempDir Path folder) throws IOException {
    String quickstart = Files.readString(Path.of("..", "examples", "01-quickstart.yaml"));
    Path file =
        Files.writeString(
            folder.resolve("a.yaml"),
            quickstart.replace("metadata:\n  name: quickstart", "metadata: {" + metadata + "}"));
    RunConfiguration run = TrainingFile.read(file).toRun();
    assertThat(run.name()).isEqualTo(name);
    assertThat(Folders.output(null, run))
        .endsWithRaw(Path.of("output", "runs", "quickstart-" + run.runKey()));
  }
}
