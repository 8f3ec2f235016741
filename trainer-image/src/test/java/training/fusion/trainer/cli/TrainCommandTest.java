package training.fusion.trainer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import training.fusion.trainer.data.IdxFiles;
import training.fusion.trainer.report.HistoryTable;
import training.fusion.trainer.train.StopSignal;

/** The trainer from its command line: two epochs of three steps on 30 pictures of three classes. */
class TrainCommandTest {
  private static final String TRAINING =
      """
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
            lowLevel: {lastBlock: 5, optimizer: {type: Adam, learningRate: 1e-3}}
            highLevel: {optimizer: {type: SGD, learningRate: 2e-2, momentum: 0.9}}
        training: {epochs: 2, batchSize: 8, imageSize: 32, seed: 1}
        pod: {gpu: {count: 0}}
      """;

  @SuppressWarnings("NullAway.Init") // JUnit sets it
  @TempDir
  private Path folder;

  @SuppressWarnings("NullAway.Init") // set before each test
  private Path data;

  @BeforeEach
  void data() throws IOException {
    data = Files.createDirectories(folder.resolve("data"));
    IdxFiles.write(data, "t10k", IdxFiles.images(30, 28, 28), IdxFiles.cyclicLabels(30, 3));
  }

  @Test
  void aTrainingLeavesModelResultHistoryAndMetrics() throws IOException {
    assertThat(train(TRAINING, "out", new StopSignal())).isZero();
    Path out = folder.resolve("out");
    JsonNode result = result("out");
    assertThat(result.get("epoch").asInt()).isEqualTo(2);
    assertThat(result.get("step").asInt()).isEqualTo(6);
    assertThat(result.has("failure")).isFalse();
    assertThat(result.at("/test/accuracy").isNumber()).isTrue();
    assertThat(result.at("/model/sha256").asText()).hasSize(64);
    assertThat(result.at("/parameters/lowLevel").asLong()).isEqualTo(5_285_416);
    assertThat(result.at("/parameters/highLevel").asLong()).isEqualTo(14_895_915);
    assertThat(Files.readAllLines(out.resolve("history.csv"))).hasSize(3);
    assertThat(out.resolve("metrics.json")).exists();
    assertThat(out.resolve("model.safetensors")).exists();
  }

  @Test
  void aVisionTransformerTrainsInBf16AndInMicroBatchesOfOneImage() throws IOException {
    String vit =
        TRAINING
            .replace("EfficientNetV2-S", "ViT-B-16")
            .replace("type: Adam, learningRate: 1e-3", "type: None")
            .replace("2e-2", "1e-3")
            .replace("epochs: 2, batchSize: 8", "epochs: 1, batchSize: 23, microBatchSize: 1")
            .replace("seed: 1}", "seed: 1, select: Last, precision: BF16}");
    assertThat(train(vit, "out", new StopSignal())).isZero();
    assertThat(result("out").get("step").asInt()).isEqualTo(2); // the second has one image
    assertThat(result("out").at("/test/loss").asDouble()).isBetween(0.5, 2.0);
  }

  @Test
  void tf32WithoutAGpuIsRefused() throws IOException {
    var errors = new StringWriter();
    assertThat(
            train(
                TRAINING.replace("seed: 1}", "seed: 1, precision: TF32}"),
                "out",
                new StopSignal(),
                errors))
        .isEqualTo(64);
    assertThat(result("out").at("/failure/message").asText())
        .isEqualTo(
            "spec.training.precision: TF32 exists on a GPU only; choose FP32 or BF16, or set pod.gpu.count to 1");
  }

  @Test
  void aRunThatIsFinishedTrainsNothingMore() throws IOException {
    train(TRAINING, "out", new StopSignal());
    List<String> ledger = Files.readAllLines(folder.resolve("out/steps.log"));
    assertThat(ledger.get(ledger.size() - 1)).endsWith("finished 6");
    assertThat(train(TRAINING, "out", new StopSignal())).isZero();
    assertThat(folder.resolve("out/steps.log")).content().hasLineCount(ledger.size());
  }

  @Test
  void stoppedAfterEachStepOfAnEpochItEndsWithTheModelOfAnUndisturbedRun() throws IOException {
    assertThat(train(TRAINING, "undisturbed", new StopSignal())).isZero();
    var stop = new StopSignal();
    stop.request();
    for (int step = 1; step <= 3; step++) {
      assertThat(train(TRAINING, "disturbed", stop)).isEqualTo(143);
      assertThat(result("disturbed").get("step").asInt()).isEqualTo(step);
    }
    assertThat(train(TRAINING, "disturbed", new StopSignal())).isZero();
    assertThat(result("disturbed").at("/model/sha256"))
        .isEqualTo(result("undisturbed").at("/model/sha256"));
    assertThat(result("disturbed").get("test")).isEqualTo(result("undisturbed").get("test"));
    assertThat(history("disturbed")).isEqualTo(history("undisturbed"));
    assertThat(optimizerState("disturbed")).isEqualTo(optimizerState("undisturbed"));
    assertThat(trainedSteps("disturbed")).containsExactly(1, 2, 3, 4, 5, 6);
  }

  @Test
  void aLearningRateThatIsTooHighEndsWith65AndNamesStepAndRates() throws IOException {
    String wild = TRAINING.replace("2e-2, momentum: 0.9", "1e18").replace("1e-3", "1e18");
    assertThat(train(wild, "out", new StopSignal())).isEqualTo(65);
    JsonNode failure = result("out").get("failure");
    assertThat(failure.get("reason").asText()).isEqualTo("Diverged");
    assertThat(failure.get("message").asText())
        .contains("learning rate 1.00e+18")
        .contains("lower the learningRate")
        .doesNotContain("\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          type: Adam       | type: Adagrad    | optimization.fusion.lowLevel.optimizer.type
          lastBlock: 5     | lastBlock: 9     | optimization.fusion.lowLevel.lastBlock must be 0–6, but is 9
          epochs: 2        | epoch: 2         | training.epoch is no field
          epochs: 2        | epochs: two      | training.epochs
          batchSize: 8     | batchSize: 1     | batchSize
          test: 0.1        | test: 0          | test
          """)
  void aMistakeEndsWith64AndNamesTheField(String right, String wrong, String sentence)
      throws IOException {
    assertThat(TRAINING).contains(right);
    var errors = new StringWriter();
    int code = train(TRAINING.replace(right, wrong), "out", new StopSignal(), errors);
    assertThat(code).isEqualTo(64);
    String said =
        Files.exists(folder.resolve("out/result.json"))
            ? result("out").at("/failure/message").asText()
            : errors.toString().strip();
    assertThat(said).contains(sentence).doesNotContain("\n");
  }

  private int train(String yaml, String output, StopSignal stop) throws IOException {
    return train(yaml, output, stop, new StringWriter());
  }

  private int train(String yaml, String output, StopSignal stop, StringWriter errors)
      throws IOException {
    Path file = Files.writeString(folder.resolve("training.yaml"), yaml);
    return FusionTrainer.commandLine(stop)
        .setErr(new PrintWriter(errors))
        .execute("train", "--file=" + file, "--data=" + data, "--output=" + folder.resolve(output));
  }

  private JsonNode result(String output) throws IOException {
    return new ObjectMapper().readTree(folder.resolve(output).resolve("result.json").toFile());
  }

  /** The lines of the history without what depends on the machine's speed. */
  private List<List<String>> history(String output) throws IOException {
    return Files.readAllLines(folder.resolve(output).resolve("history.csv")).stream()
        .map(line -> List.of(line.split(",", -1)))
        .map(columns -> columns.subList(0, columns.size() - HistoryTable.TIMING_COLUMNS))
        .toList();
  }

  /** The bytes of the newest checkpoint's optimizer state, one character each. */
  private String optimizerState(String output) throws IOException {
    try (Stream<Path> files = Files.walk(folder.resolve(output))) {
      Path newest =
          files
              .filter(file -> file.getFileName().toString().equals("optimizer.safetensors"))
              .sorted()
              .reduce((before, after) -> after)
              .orElseThrow();
      return new String(Files.readAllBytes(newest), StandardCharsets.ISO_8859_1);
    }
  }

  /** The steps that the ledger tells of, in its order. */
  private List<Integer> trainedSteps(String output) throws IOException {
    return Files.readAllLines(folder.resolve(output).resolve("steps.log")).stream()
        .filter(line -> line.contains(" steps "))
        .map(line -> line.replaceAll(".* steps ", "").split("-", -1))
        .flatMap(
            ends ->
                IntStream.rangeClosed(Integer.parseInt(ends[0]), Integer.parseInt(ends[1])).boxed())
        .collect(Collectors.toList());
  }
}
