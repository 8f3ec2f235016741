package training.fusion.benchmarks.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With PyTorch where the Python in FUSION_PYTHON, or python3, has it. */
@Tag("process")
@DisplayName("What is carried to a machine with a GPU")
class GpuExportTest {
  private static final String PYTHON = System.getenv().getOrDefault("FUSION_PYTHON", "python3");
  private static final Path RUN = Path.of("gpu", "run.py");
  private static final int LIMIT_MIB = 60;

  @TempDir
  @SuppressWarnings("NullAway.Init") // JUnit sets it
  private static Path folder;

  @BeforeAll
  static void export() throws IOException {
    GpuExport.write(folder, Pattern.compile("^(ResNet-18|DeiT-Ti-16)$"), false);
  }

  private record Outcome(int status, String said) {}

  private static Outcome python(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of(PYTHON));
    command.addAll(List.of(arguments));
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return new Outcome(process.waitFor(), said);
    } catch (IOException e) {
      return new Outcome(127, String.valueOf(e.getMessage()));
    }
  }

  private static JsonNode manifest() throws IOException {
    return new ObjectMapper().readTree(folder.resolve("manifest.json").toFile());
  }

  @Test
  @DisplayName("is filled by the hash that all golden values are of")
  void hash() {
    double tolerance = 5e-11;
    assertThat(HashedValues.u(0, 0)).isEqualTo(.4475861788, within(tolerance));
    assertThat(HashedValues.u(0, 1)).isEqualTo(.2507426739, within(tolerance));
    assertThat(HashedValues.u(1, 0)).isEqualTo(-.9772309065, within(tolerance));
    assertThat(HashedValues.u(7, 12345)).isEqualTo(.3735172749, within(tolerance));
    assertThat(HashedValues.u(9001, 49151)).isEqualTo(-.6242501736, within(tolerance));
  }

  @Test
  @DisplayName("is each network's programs at two sizes, every rule's, and no weights")
  void files() throws IOException {
    JsonNode manifest = manifest();

    assertThat(manifest.get("networks"))
        .extracting(node -> node.get("name").asText() + " " + node.get("pixels"))
        .containsExactly("DeiT-Ti-16 64", "DeiT-Ti-16 224", "ResNet-18 64", "ResNet-18 244");
    assertThat(manifest.get("rules"))
        .extracting(node -> node.get("name").asText())
        .contains("SGD", "Adam", "LAMB", "SWATS", "MAS")
        .hasSize(15);
    List<String> archives = new ArrayList<>();
    manifest.findValues("archive").forEach(file -> archives.add(file.asText()));
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files.map(file -> String.valueOf(file.getFileName())))
          .as("what the manifest names, and nothing else")
          .containsExactlyInAnyOrderElementsOf(
              Stream.concat(archives.stream(), Stream.of("manifest.json")).toList());
    }
    long bytes = 0;
    for (String archive : archives) {
      bytes += Files.size(folder.resolve(archive));
    }
    assertThat(bytes >> 20).isLessThan(LIMIT_MIB);
  }

  @Test
  @DisplayName("comes with what the trainer makes of the small networks, in both precisions")
  void figures() throws IOException {
    for (JsonNode node : manifest().get("networks")) {
      if (node.get("small").asBoolean()) {
        assertThat(node.get("java").get("FP32").get("losses")).hasSize(2);
        assertThat(node.get("java").get("BF16").get("losses").get(0).asDouble())
            .isEqualTo(node.get("java").get("FP32").get("losses").get(0).asDouble(), within(0.1));
      }
    }
  }

  @Test
  @DisplayName("is tried in parts whose limits add up to eight minutes, without PyTorch to say so")
  void budget() throws Exception {
    Outcome dry = python(RUN.toString(), folder.toString(), "--dry-run");
    assumeTrue(dry.status() != 127, "NOT TESTED: there is no " + PYTHON);

    assertThat(dry.status()).as(dry.said()).isZero();
    Matcher total =
        Pattern.compile("(\\d+) s {2}at most, and 480 s for the whole").matcher(dry.said());
    assertThat(total.find()).as(dry.said()).isTrue();
    assertThat(Integer.parseInt(total.group(1))).isLessThanOrEqualTo(480);
    assertThat(python(RUN.toString(), folder.toString(), "--parts", "sped").said())
        .contains("there is no sped; there are machine, agreement, speed");
    assertThat(python(RUN.toString(), folder.resolve("none").toString()).said())
        .contains("benchmarks/run gpu export writes it");
  }

  @Test
  @DisplayName(
      "is what the trainer computes: PyTorch gives its losses, and every rule keeps what is not finite out")
  void inPyTorch() throws Exception {
    assumeTrue(
        python("-c", "import torch").status() == 0,
        "NOT TESTED with PyTorch itself: %s does not have it; set FUSION_PYTHON".formatted(PYTHON));
    Path json = folder.resolveSibling(folder.getFileName() + ".json");
    Outcome run =
        python(
            RUN.toString(),
            folder.toString(),
            "--device=cpu",
            "--small",
            "--limits=20", // others may use this machine, too
            "--seconds=1000",
            "--parts=other_networks,rules,accepted",
            "--json=" + json);

    assertThat(run.status()).as(run.said()).isZero();
    JsonNode parts = new ObjectMapper().readTree(json.toFile()).get("parts");
    Files.delete(json);
    assertThat(parts.findValues("error")).as(run.said()).isEmpty();
    List<String> differences = new ArrayList<>();
    for (JsonNode row : parts.get("other_networks").get("rows")) {
      if (row.get("who").asText().equals("ours")) {
        differences.add(row.get("CPU against Java").asText());
      }
    }
    assertThat(differences)
        .as(run.said())
        .hasSize(4) // two networks in two precisions
        .allMatch(it -> it.equals("same bits") || Double.parseDouble(it) < 5e-6);
    assertThat(parts.get("rules").get("rows"))
        .hasSize(15)
        .allSatisfy(row -> assertThat(row.get("not finite").asText()).isEqualTo("kept"));
    assertThat(parts.get("accepted").get("rows").get(0).get("refused").asText()).isEqualTo("–");
  }
}
