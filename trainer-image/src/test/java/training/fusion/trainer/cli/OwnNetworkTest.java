package training.fusion.trainer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import training.fusion.trainer.process.StopSignal;
import training.fusion.trainer.tracking.Python;

/**
 * The page and the scripts of {@code examples/own-network}. A script runs where the Python in
 * FUSION_PYTHON has what it needs; all four do in the campaign of docs/evidence/future-work.md.
 */
@Tag("process")
@DisplayName("A network of one's own")
class OwnNetworkTest {
  private static final Path EXAMPLES = Path.of("../examples/own-network");

  private static final Pattern SNIPPET =
      Pattern.compile("\\[`(\\w+\\.py)`\\][^\\n]*\\n\\n```python\\n(.*?)```", Pattern.DOTALL);

  @Test
  @DisplayName("is handed over by the lines that its script has, too")
  void thePageHasTheScriptsLines() throws IOException {
    String page = Files.readString(Path.of("../docs/your-own-network.md"));
    List<String> scripts = new ArrayList<>();
    Matcher snippet = SNIPPET.matcher(page);
    while (snippet.find()) {
      scripts.add(snippet.group(1));
      assertThat(EXAMPLES.resolve(snippet.group(1))).content().contains(snippet.group(2));
    }
    assertThat(scripts)
        .containsExactly("time_series.py", "audio.py", "text.py", "two_towers.py", "swin.py");
    assertThat(page.split("```python", -1)).hasSize(scripts.size() + 1);
  }

  static Stream<Arguments> cases() {
    return Stream.of(
        Arguments.of("time_series", "aeon"),
        Arguments.of("audio", "scipy"),
        Arguments.of("text", "torch"),
        Arguments.of("two_towers", "sklearn"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  @DisplayName("goes from its script to a training")
  void isTrained(String script, String module, @TempDir Path folder) throws Exception {
    Python.assumeHas(module);
    Python.assumeHas("torch");
    var python =
        new ProcessBuilder(
                Python.COMMAND, EXAMPLES.resolve(script + ".py").toString(), folder.toString())
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    assertThat(python.waitFor()).isZero();
    Path training = folder.resolve("training.yaml");
    new YAMLMapper().writeValue(training.toFile(), training(script.replace('_', '-')));
    var said = new StringWriter();
    assertThat(
            FusionTrainer.commandLine(new StopSignal())
                .setErr(new PrintWriter(said))
                .execute(
                    "train",
                    training.toString(),
                    "--data=" + folder,
                    "--weights=" + folder.resolve("net.pt"),
                    "--output=" + folder.resolve("out")))
        .as("%s", said)
        .isZero();
    assertThat(new RunFolder(folder.resolve("out")).result().at("/test/accuracy").asDouble())
        .isBetween(0.0, 1.0);
  }

  /** The sweep's first fusion, for one epoch. */
  private static ObjectNode training(String name) throws IOException {
    JsonNode sweep = new YAMLMapper().readTree(EXAMPLES.resolve(name + ".yaml").toFile());
    JsonNode matrix = sweep.at("/spec/matrix");
    JsonNode fusions = matrix.at("/arms/0/optimizations/1/fusion");
    var training = new YAMLMapper().createObjectNode();
    training.set("apiVersion", sweep.get("apiVersion"));
    training.put("kind", "FusionTraining");
    training.putObject("metadata").put("name", name);
    ObjectNode spec = training.putObject("spec");
    spec.set("model", matrix.at("/arms/0/model"));
    spec.set("dataset", ((ObjectNode) matrix.at("/datasets/0")).without("name"));
    ObjectNode fusion = spec.putObject("optimization").putObject("fusion");
    ObjectNode low = fusions.at("/pairs/0/lowLevel").deepCopy();
    fusion.set("lowLevel", low.set("lastBlock", fusions.at("/lastBlocks/0")));
    fusion.set("highLevel", fusions.at("/pairs/0/highLevel"));
    ObjectNode template = (ObjectNode) sweep.at("/spec/template");
    spec.set("training", ((ObjectNode) template.get("training")).put("epochs", 1));
    spec.set("pod", template.get("pod"));
    return training;
  }
}
