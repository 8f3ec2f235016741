package training.fusion.local;

import static org.assertj.core.api.Assertions.assertThat;
import static training.fusion.local.Eventually.eventually;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("process")
@DisplayName("./fusion run")
class LauncherTest {
  @SuppressWarnings("NullAway.Init") // JUnit sets it
  @TempDir
  Path folder;

  @BeforeEach
  void data() throws IOException {
    SampleData.write(folder.resolve("data"), 200);
  }

  @Test
  @DisplayName("prints the final resource alone on standard output; a second run trains nothing")
  void finalResource() throws Exception {
    Path file = file("tiny", 1);
    Launcher first = launch(file, "--logs", "-o", "json");
    assertThat(first.exitCode()).as(first.errors()).isZero();
    JsonNode resource = Serialization.jsonMapper().readTree(first.output());
    assertThat(resource.at("/status/state").asText()).isEqualTo("Succeeded");
    assertThat(resource.at("/status/metrics/accuracy").isNumber()).isTrue();
    assertThat(resource.at("/status/metrics/loss").isNumber()).isTrue();
    assertThat(resource.at("/status/metrics/f1").isNumber()).isTrue();
    List<Path> logs = trainerLogs();
    assertThat(trainerLogs()).hasSize(1);
    assertThat(trainerLogs().get(0)).content().contains("epoch 1 of 1: training loss");
    assertThat(first.errors()).contains("INFO epoch 1 of 1: training loss");
    Launcher second = launch(file, "-o", "json");
    assertThat(second.exitCode()).as(second.errors()).isZero();
    assertThat(second.errors()).contains("tiny: already Succeeded");
    assertThat(Serialization.jsonMapper().readTree(second.output()).at("/status"))
        .isEqualTo(resource.at("/status"));
    assertThat(trainerLogs()).isEqualTo(logs);
  }

  @Test
  @DisplayName("killed by SIGKILL leaves no process, and the next run goes on from the checkpoint")
  void killed() throws Exception {
    Path file = file("killed", 4);
    Launcher first = launch(file);
    eventually(
        "a checkpoint",
        () -> stored("killed").at("/status/progress/checkpoint"),
        JsonNode::isObject);
    List<ProcessHandle> children = first.process().descendants().toList();
    assertThat(children).as("operator and trainer").hasSize(2);
    first.process().destroyForcibly();
    eventually(
        "no process left", () -> children.stream().noneMatch(ProcessHandle::isAlive), x -> x);
    assertThat(trainerLogs().get(0))
        .as("the trainer was not halted, but saved")
        .content()
        .contains("stopped from outside after step");
    Launcher second = launch(file);
    assertThat(second.exitCode()).as(second.errors()).isZero();
    assertThat(stored("killed").at("/status/progress/resumedFromStep").asInt()).isPositive();
  }

  @Test
  @DisplayName("stopped by SIGTERM saves, ends everything and says how to go on")
  void stopped() throws Exception {
    Path file = file("stopped", 4);
    Launcher first = launch(file);
    eventually(
        "a checkpoint",
        () -> stored("stopped").at("/status/progress/checkpoint"),
        JsonNode::isObject);
    List<ProcessHandle> children = first.process().descendants().toList();
    first.process().destroy();
    assertThat(first.exitCode()).isEqualTo(143);
    assertThat(children).noneMatch(ProcessHandle::isAlive);
    assertThat(first.output()).contains("to go on from there: ./fusion run " + file);
    Launcher second = launch(file);
    assertThat(second.exitCode()).as(second.errors()).isZero();
    assertThat(stored("stopped").at("/status/progress/resumedFromStep").asInt()).isPositive();
  }

  @Test
  @DisplayName("says of data that can't be used which file it is and what is wrong with it")
  void badData() throws Exception {
    SampleData.write(folder.resolve("data/unequal"), 20, 19);
    SampleData.write(folder.resolve("data/short"), 20);
    Path images = folder.resolve("data/short/t10k-images-idx3-ubyte");
    byte[] whole = Files.readAllBytes(images);
    Files.write(images, Arrays.copyOf(whole, whole.length / 2));
    String documents =
        Stream.of("unequal", "short")
            .map(
                name ->
                    SampleTraining.yaml(name, 1)
                        .replace(
                            "{claimName: sample-data}",
                            "{claimName: sample-data, path: %s}".formatted(name)))
            .reduce((a, b) -> a + "---\n" + b)
            .orElseThrow();
    Path file = Files.writeString(folder.resolve("bad.yaml"), documents);
    Launcher launcher = launch(file);
    assertThat(launcher.exitCode()).isEqualTo(1);
    assertThat(launcher.output())
        .contains("20 images, but t10k-labels-idx1-ubyte has 19 labels")
        .contains("short/t10k-images-idx3-ubyte")
        .doesNotContain("\tat ");
  }

  @Test
  @DisplayName("refuses a claim without a folder, naming the option that gives one")
  void noFolder() throws Exception {
    Path file = file("unbound", 1);
    Launcher launcher =
        Launcher.start(folder, file.toString(), "--output", folder.resolve("output").toString());
    assertThat(launcher.exitCode()).isEqualTo(64);
    assertThat(launcher.errors())
        .startsWith(file + ":")
        .contains("claim sample-data")
        .contains("--volume sample-data=PATH");
    assertThat(folder.resolve("output")).doesNotExist();
  }

  @Test
  @DisplayName("lets a training that has trained nothing be put right under its name")
  void putRight() throws Exception {
    SampleData.write(folder.resolve("data/unequal"), 20, 19);
    String right = SampleTraining.yaml("first", 1);
    String wrong = right.replace("claimName: sample-data", "claimName: sample-data, path: unequal");
    Path file = Files.writeString(folder.resolve("first.yaml"), wrong);
    assertThat(launch(file).exitCode()).isEqualTo(1);
    assertThat(stored("first").at("/status/state").asText()).isEqualTo("Failed");
    assertThat(stored("first").at("/status").has("begun")).isFalse();

    Files.writeString(file, right);
    Launcher second = launch(file);

    assertThat(second.exitCode()).as(second.errors()).isZero();
    assertThat(stored("first").at("/status/state").asText()).isEqualTo("Succeeded");
    assertThat(stored("first").at("/status/begun").asBoolean()).isTrue();
  }

  @Test
  @DisplayName("refuses a resource that breaks the CRD's rules before anything is started")
  void refused() throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("wrong.yaml"),
            SampleTraining.yaml("wrong", 1).replace("lastBlock: 5", "lastBlock: 9"));
    Launcher launcher = launch(file);
    assertThat(launcher.exitCode()).isEqualTo(64);
    assertThat(launcher.output()).isEmpty();
    assertThat(launcher.errors().lines())
        .hasSize(1)
        .first()
        .asString()
        .contains("wrong.yaml:")
        .contains("lastBlock");
    assertThat(folder.resolve("output")).doesNotExist();
  }

  private Path file(String name, int epochs) throws IOException {
    return Files.writeString(folder.resolve(name + ".yaml"), SampleTraining.yaml(name, epochs));
  }

  private Launcher launch(Path file, String... options) throws IOException {
    List<String> arguments = new ArrayList<>(List.of(options));
    arguments.add(file.toString());
    arguments.addAll(
        List.of(
            "--output",
            folder.resolve("output").toString(),
            "--volume",
            SampleTraining.DATA + "=" + folder.resolve("data")));
    return Launcher.start(folder, arguments.toArray(String[]::new));
  }

  /** The training as the launcher has it in its folder. */
  private JsonNode stored(String name) {
    Path file = folder.resolve("output").resolve(name + ".json");
    try {
      return Files.exists(file)
          ? Serialization.jsonMapper().readTree(file.toFile())
          : Serialization.jsonMapper().createObjectNode();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private List<Path> trainerLogs() throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("output/logs"))) {
      return files.filter(file -> !file.endsWith("operator.log")).sorted().toList();
    }
  }
}
