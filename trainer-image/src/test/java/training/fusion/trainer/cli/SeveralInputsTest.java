package training.fusion.trainer.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.LongUnaryOperator;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import training.fusion.trainer.Logged;
import training.fusion.trainer.format.TensorFileWriter;
import training.fusion.trainer.process.StopSignal;
import training.fusion.trainer.safetensors.TensorSource;
import training.fusion.trainer.tensor.GoldenTensors;

/** A network that takes four numbers and two token ids, and tells three classes apart. */
@Tag("libtorch")
@DisplayName("A network of several inputs")
class SeveralInputsTest {
  private static final int COUNT = 60;

  private static final String TRAINING =
      """
      apiVersion: fusion.training/v1alpha1
      kind: FusionTraining
      metadata: {name: several}
      spec:
        model:
          module:
            source: {persistentVolumeClaim: {claimName: data, path: two-inputs.pt}}
            blocks: [[words, left], [head]]
            input: [%s]
        dataset:
          format: Tensors
          source: {persistentVolumeClaim: {claimName: data}}
          split: {validation: 0.2, test: 0.2, seed: 0}
          tensors: {inputs: [%s]}
        optimization:
          fusion:
            lowLevel: {lastBlock: 0, optimizer: {type: Adam, learningRate: 0.01}}
            highLevel: {optimizer: {type: SGD, learningRate: 0.05, momentum: 0.9}}
        training: {epochs: 3, batchSize: 8, seed: 1}
        pod: {gpu: {count: 0}}
      """;

  /** As {@code oracle/modules.py} writes it. */
  private static final Path LENGTHS = Path.of("src/test/resources/modules/lengths.pt");

  private static final String IN_ORDER = "{name: table, mean: [1.5], std: [2]}, {name: ids}";

  @SuppressWarnings("NullAway.Init") // JUnit sets it
  @TempDir
  private static Path folder;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @BeforeAll
  static void files() throws IOException {
    GoldenTensors.unpack(folder);
    TensorFileWriter.write(
        folder.resolve("data/all.safetensors"),
        table(),
        ids(),
        numbers("late", row -> row < COUNT - 1 ? 1 : 20),
        numbers("lengths", row -> row % 2 + 1),
        numbers("cut", row -> row < COUNT - 1 ? 1 : 0),
        TensorFileWriter.labels(COUNT, 3));
  }

  private static TensorSource numbers(String name, LongUnaryOperator ofRow) {
    return TensorFileWriter.longs(
        name, List.of((long) COUNT, 1L), LongStream.range(0, COUNT).map(ofRow).toArray());
  }

  private static TensorSource table() {
    float[] values = new float[COUNT * 4];
    for (int i = 0; i < values.length; i++) {
      values[i] = i / 4 % 3 == i % 4 ? 3 : i % 7 * 0.1f;
    }
    return TensorFileWriter.floats("table", List.of((long) COUNT, 4L), values);
  }

  private static TensorSource ids() {
    long[] values = new long[COUNT * 2];
    for (int i = 0; i < values.length; i++) {
      values[i] = i * 5L % 20;
    }
    return TensorFileWriter.longs("ids", List.of((long) COUNT, 2L), values);
  }

  @Test
  @DisplayName(
      "gets each by its name, in whatever order the data set has them, and says classes of rows")
  void goesByName() throws IOException {
    assertThat(train("one", "table, ids", IN_ORDER)).as("%s", err).isZero();
    String swapped = "{name: ids}, {name: table, mean: [1.5], std: [2]}";
    assertThat(train("other", "table, ids", swapped)).as("%s", err).isZero();
    assertThat(run("other").history()).isEqualTo(run("one").history());
    assertThat(Files.readAllBytes(run("one").path().resolve("metrics.json")))
        .isEqualTo(Files.readAllBytes(run("other").path().resolve("metrics.json")));

    Path rows = TensorFileWriter.write(folder.resolve("rows.safetensors"), ids(), table());
    JsonNode said = predicted("one", rows);
    JsonNode others = predicted("other", rows);
    assertThat(said).hasSize(COUNT);
    assertThat(said).isEqualTo(others);
    JsonNode row = said.get(rows + ":3");
    assertThat(
            row.get(0).get("probability").asDouble()
                + row.get(1).get("probability").asDouble()
                + row.get(2).get("probability").asDouble())
        .isCloseTo(1, within(1e-6));
    for (String name : List.of("one", "other")) {
      out.getBuffer().setLength(0);
      assertThat(command("evaluate", run(name).path().toString(), "-o", "json"))
          .as("%s", err)
          .isZero();
      assertThat(new ObjectMapper().readTree(out.toString()).get("accuracy"))
          .isEqualTo(run(name).result().at("/test/accuracy"));
    }
  }

  @ParameterizedTest(name = "{0}; {1}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          table, ids         | {name: table}                                | is to be given ids, and the data set has [table]
          table              | {name: table}, {name: ids}                   | needs 2 arguments [numbers, tokens], and model.module.input names 1
          table, ids, label  | {name: table}, {name: ids}                   | needs 2 arguments
          numbers, tokens    | {name: table}, {name: ids}                   | is to be given numbers, and the data set has [table, ids]
          ids, table         | {name: table}, {name: ids}                   | spec.model.module
          table, ids         | {name: table}, {name: other}                 | all.safetensors has no tensor other
          """)
  @DisplayName("that are not those of the data set is refused before the first step")
  void mustFit(String input, String tensors, String says) {
    Logged ended = Logged.during(() -> train("refused", input, tensors));
    assertThat(ended.code()).as(ended.text()).isEqualTo(64);
    assertThat(ended.errors()).contains(says);
  }

  @Test
  @DisplayName("is tried with rows of the data set: zeros may mean nothing to it")
  void isTriedWithRows() {
    assertThat(train("lengths", "ids, lengths", "{name: ids}, {name: lengths}", LENGTHS))
        .as("%s", err)
        .isZero();
  }

  @Test
  @DisplayName("is told which number no embedding has, and is not to blame for what a step meets")
  void isNotToBlameForLaterRows() {
    Logged data = Logged.during(() -> train("late", "table, late", "{name: table}, {name: late}"));
    assertThat(data.code()).as(data.text()).isEqualTo(64);
    assertThat(data.errors()).contains("beyond what an embedding of", "two-inputs.pt");
    Logged step =
        Logged.during(() -> train("cut", "ids, cut", "{name: ids}, {name: cut}", LENGTHS));
    assertThat(step.code()).as(step.text()).isEqualTo(70);
    assertThat(step.text()).contains("Length of all samples has to be greater than 0");
  }

  @Test
  @DisplayName("is told by dry-run without figures that nobody knows")
  void isToldWithoutUnknownFigures() throws IOException {
    Path file = folder.resolve("dry.yaml");
    Files.writeString(file, TRAINING.formatted("table, ids", IN_ORDER));
    assertThat(
            command(
                "dry-run",
                file.toString(),
                "--data=" + folder.resolve("data"),
                "--weights=" + folder.resolve("two-inputs.pt")))
        .as("%s", err)
        .isZero();
    assertThat(out.toString())
        .contains("network    TwoInputs", "disk       ")
        .doesNotContain("px", "dropout", "memory");
  }

  private static RunFolder run(String name) {
    return new RunFolder(folder.resolve(name));
  }

  private JsonNode predicted(String name, Path rows) throws IOException {
    out.getBuffer().setLength(0);
    assertThat(command("predict", run(name).path().toString(), rows.toString(), "-o", "json"))
        .as("%s", err)
        .isZero();
    return new ObjectMapper().readTree(out.toString());
  }

  private int train(String name, String input, String tensors) {
    return train(name, input, tensors, folder.resolve("two-inputs.pt"));
  }

  private int train(String name, String input, String tensors, Path network) {
    Path file = folder.resolve(name + ".yaml");
    try {
      Files.writeString(file, TRAINING.formatted(input, tensors));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return command(
        "train",
        file.toString(),
        "--data=" + folder.resolve("data"),
        "--weights=" + network,
        "--output=" + run(name).path());
  }

  private int command(String... arguments) {
    return FusionTrainer.commandLine(new StopSignal())
        .setOut(new PrintWriter(out))
        .setErr(new PrintWriter(err))
        .execute(arguments);
  }
}
