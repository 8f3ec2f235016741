package training.fusion.trainer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import training.fusion.api.run.RunConfiguration;
import training.fusion.trainer.report.TrainingText;

@Tag("libtorch") // asks it for a GPU, where it is the one for CUDA
@DisplayName("A training's file on the command line")
class TrainingFileTest {
  static Stream<Path> examples() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("..", "examples"))) {
      return files
          .filter(file -> file.toString().endsWith(".yaml"))
          .filter(file -> !file.toString().matches(".*(00-data|10-sweep).yaml"))
          .toList()
          .stream();
    }
  }

  @ParameterizedTest
  @MethodSource("examples")
  @DisplayName("is in its run's report as a text that makes the same training again")
  void again(Path example, @TempDir Path folder) throws IOException {
    RunConfiguration run = TrainingFile.read(example).toRun();
    Path file = Files.writeString(folder.resolve("again.yaml"), TrainingText.yaml(run));
    assertThat(untold(TrainingFile.read(file).toRun())).isEqualTo(untold(run));
  }

  /** The key is that of a text: of the same fields in another order it is another. */
  private static JsonNode untold(RunConfiguration run) {
    ObjectNode tree = new ObjectMapper().valueToTree(run);
    tree.remove("runKey");
    return tree;
  }

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
