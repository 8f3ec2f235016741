package training.fusion.trainer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import training.fusion.trainer.Logged;
import training.fusion.trainer.format.IdxFiles;
import training.fusion.trainer.process.StopSignal;

@Tag("libtorch")
@DisplayName("A run that has succeeded is its model, its records and")
class DiskTest {
  private static final String TRAINING =
      """
      apiVersion: fusion.training/v1alpha1
      kind: FusionTraining
      metadata: {name: small}
      spec:
        model: {architecture: EfficientNetV2-S}
        dataset:
          format: IDX
          source: {persistentVolumeClaim: {claimName: data}}
          split: {validation: 0.1, test: 0.1, seed: 0}
          resize: {mode: Pad}
        optimization:
          fusion:
            lowLevel: {lastBlock: 5, optimizer: {type: Adam, learningRate: 1e-4}}
            highLevel: {optimizer: {type: SGD, learningRate: 1e-3, momentum: 0.9}}
        training: {epochs: 3, batchSize: 8, imageSize: 32, seed: 1}
        checkpoint: {everyEpochs: 1}
        pod: {gpu: {count: 0}}
      """;

  private static final Pattern SAID =
      Pattern.compile(
          "disk +at most [\\d.]+ [MG]B while it trains, (\\d+) MB once it has succeeded");

  @SuppressWarnings("NullAway.Init") // JUnit sets it
  @TempDir
  private Path folder;

  @BeforeEach
  void data() throws IOException {
    Path data = Files.createDirectories(folder.resolve("data"));
    IdxFiles.write(data, "t10k", IdxFiles.images(30, 28, 28), IdxFiles.cyclicLabels(30, 3));
  }

  @ParameterizedTest(name = "{1} checkpoints with {0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          everyEpochs: 1                   | 1
          keep: 0                          | 0
          keep: 2                          | 2
          keep: 3                          | 3
          """)
  @DisplayName("as many checkpoints as are asked for")
  void keeps(String checkpoint, int left) throws IOException {
    String training = TRAINING.replace("everyEpochs: 1", checkpoint);
    Matcher said = SAID.matcher(said("dry-run", training));
    assertThat(said.find()).isTrue();

    assertThat(train(training).code()).isZero();

    var run = new RunFolder(folder.resolve("out"));
    assertThat(run.checkpoints()).hasSize(left);
    assertThat(run.result().has("checkpoint")).isEqualTo(left > 0);
    long bytes = bytes();
    assertThat(bytes).isLessThanOrEqualTo(1_000_000 * Long.parseLong(said.group(1)));
    assertThat(bytes)
        .as(
            "what dry-run says is a bound, not an excuse: of each checkpoint the weights may be the"
                + " best's")
        .isGreaterThan(1_000_000 * (Long.parseLong(said.group(1)) - 5) - left * 82_000_000L);
  }

  @Test
  @DisplayName("the best weights under the model's name, which are one file")
  void oneFile() throws IOException {
    assertThat(train(TRAINING.replace("everyEpochs: 1", "keep: 5")).code()).isZero();
    Path out = folder.resolve("out");
    Path model = out.resolve("model.safetensors");
    int best = new RunFolder(out).result().at("/best/epoch").asInt();
    Path weights = out.resolve("best-%d.safetensors".formatted(best));
    assertThat(Files.isSameFile(model, weights)).isTrue();
    Path checkpoint =
        new RunFolder(out)
            .checkpoints().stream()
                .filter(it -> it.getFileName().toString().startsWith("checkpoint-" + best))
                .findFirst()
                .orElseThrow();
    assertThat(Files.isSameFile(model, checkpoint.resolve("model.safetensors"))).isTrue();
    String sha256 = new RunFolder(out).result().at("/model/sha256").asText();

    assertThat(command("resume", "--epochs=4").code()).as("trained further").isZero();

    JsonNode further = new RunFolder(out).result();
    assertThat(further.at("/best/epoch").asInt() == best)
        .isEqualTo(further.at("/model/sha256").asText().equals(sha256));
    assertThat(new RunFolder(out).unfinished()).isEmpty();
  }

  @Test
  @DisplayName("with keep: 0 it can't be trained further, which is said and changes nothing")
  void nothingToGoOnFrom() throws IOException {
    assertThat(train(TRAINING.replace("everyEpochs: 1", "keep: 0")).code()).isZero();
    Map<Object, Long> before = files();
    Logged refused = command("resume", "--epochs=4");
    assertThat(refused.code()).isEqualTo(64);
    assertThat(refused.errors()).contains("no checkpoint to go on from", "keep: 0");
    assertThat(files()).isEqualTo(before);
    assertThat(command("resume").code()).as("its result is told again").isZero();
  }

  @Test
  @DisplayName("what dry-run says of a sweep is for all its trials")
  void sweep() throws IOException {
    Path sweep = Path.of("..", "examples", "10-sweep.yaml");
    String said = said("dry-run", Files.readString(sweep));
    assertThat(said)
        .contains("sweep is valid")
        .contains("trials     8: 4 strategies × 1 data sets × 2 seeds")
        .containsPattern("disk       at most 1\\.\\d GB once all have succeeded, and \\d+ MB more");
    String averaged =
        Files.readString(sweep)
            .replace("      epochs: 2", "      epochs: 2\n      ema: {decay: 0.99}");
    assertThat(said("dry-run", averaged)).containsPattern("disk       at most 2\\.\\d GB");
  }

  private Logged train(String yaml) throws IOException {
    Path file = Files.writeString(folder.resolve("training.yaml"), yaml);
    return Logged.during(
        () ->
            FusionTrainer.commandLine(new StopSignal())
                .execute(
                    "train",
                    file.toString(),
                    "--data=" + folder.resolve("data"),
                    "--output=" + folder.resolve("out")));
  }

  private Logged command(String name, String... options) {
    return Logged.during(
        () ->
            FusionTrainer.commandLine(new StopSignal())
                .execute(
                    Stream.concat(
                            Stream.of(name, folder.resolve("out").toString()), Stream.of(options))
                        .toArray(String[]::new)));
  }

  private String said(String command, String yaml) throws IOException {
    Path file = Files.writeString(folder.resolve("asked.yaml"), yaml);
    var out = new StringWriter();
    int code =
        FusionTrainer.commandLine(new StopSignal())
            .setOut(new PrintWriter(out))
            .setErr(new PrintWriter(out))
            .execute(command, file.toString(), "--data=" + folder.resolve("data"));
    assertThat(code).as(out.toString()).isZero();
    return out.toString();
  }

  private long bytes() throws IOException {
    return files().values().stream().mapToLong(Long::longValue).sum();
  }

  /** Sizes of the files, each once, however many names it has. */
  private Map<Object, Long> files() throws IOException {
    Map<Object, Long> sizes = new HashMap<>();
    try (Stream<Path> files = Files.walk(folder.resolve("out")).filter(Files::isRegularFile)) {
      for (Path file : files.toList()) {
        sizes.put(Files.getAttribute(file, "unix:ino"), Files.size(file));
      }
    }
    return sizes;
  }
}
