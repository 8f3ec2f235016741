package training.fusion.trainer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import training.fusion.trainer.format.TensorFileWriter;
import training.fusion.trainer.process.StopSignal;
import training.fusion.trainer.safetensors.TensorSource;

/** A network of one input, after one epoch on rows of a tensor that is called signal. */
@Tag("libtorch")
@DisplayName("A network of one's own with one input")
class OneInputTest {
  private static final int VALUES = 3 * 8 * 8;

  private static final String TRAINING =
      """
      apiVersion: fusion.training/v1alpha1
      kind: FusionTraining
      metadata: {name: one}
      spec:
        model:
          module:
            source: {persistentVolumeClaim: {claimName: data, path: net.pt}}
            blocks: [[scale, features.0, features.1], [features.3, features.4], [mix, gains], [head]]
      %s
        dataset:
          format: Tensors
          source: {persistentVolumeClaim: {claimName: data}}
          split: {validation: 0.25, test: 0.25, seed: 0}
      %s
        optimization:
          fusion:
            lowLevel: {lastBlock: 1, optimizer: {type: Adam, learningRate: 0.01}}
            highLevel: {optimizer: {type: SGD, learningRate: 0.05}}
        training: {epochs: 1, batchSize: 10, seed: 1}
        pod: {gpu: {count: 0}}
      """;

  @SuppressWarnings("NullAway.Init") // JUnit sets it
  @TempDir
  private Path folder;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @ParameterizedTest(name = "{index}: {0} {1}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ''                     | ''
          input: [signal]        | ''
          ''                     | tensors: {inputs: [{name: signal, mean: [0.5], std: [2]}]}
          """)
  @DisplayName("says classes of rows of any files' only tensors, whatever they are called")
  void takesAnyName(String module, String dataset) throws IOException {
    train(module, dataset);
    Path same = TensorFileWriter.write(folder.resolve("x.safetensors"), signal(20));
    Path other = TensorFileWriter.npy(folder.resolve("new.npy"), shape(20), values(20));
    Path labelled =
        TensorFileWriter.write(
            folder.resolve("old.safetensors"),
            TensorFileWriter.floats("anything", shape(20), values(20)),
            TensorFileWriter.labels(20, 5));
    assertThat(predict(same, other, labelled)).as("%s", err).isZero();
    JsonNode said = new ObjectMapper().readTree(out.toString());
    assertThat(said).hasSize(60);
    for (int row = 0; row < 20; row++) {
      assertThat(said.get(other + ":" + row))
          .hasSize(3)
          .isEqualTo(said.get(same + ":" + row))
          .isEqualTo(said.get(labelled + ":" + row));
    }
  }

  @Test
  @DisplayName("leaves the rows that have NaN without a class, and goes on with the others")
  void goesOn() throws IOException {
    train("", "");
    float[] values = values(50);
    values[7] = Float.NaN;
    values[40 * VALUES + 3] = Float.POSITIVE_INFINITY;
    Path some = TensorFileWriter.npy(folder.resolve("some.npy"), shape(50), values);
    assertThat(predict(some)).as("%s", err).isZero();
    assertThat(err.toString())
        .contains(some + ":0 has no class: signal: value 7 of [3, 8, 8] is NaN")
        .contains(some + ":40 has no class: signal: value 3 of [3, 8, 8] is infinite")
        .contains("2 of 50 rows have no class");
    JsonNode said = new ObjectMapper().readTree(out.toString());
    assertThat(said).hasSize(50);
    assertThat(said.get(some + ":40").get("error").asText()).contains("is infinite");

    out.getBuffer().setLength(0);
    Path sound = TensorFileWriter.npy(folder.resolve("sound.npy"), shape(50), values(50));
    assertThat(predict(sound)).as("%s", err).isZero();
    JsonNode all = new ObjectMapper().readTree(out.toString());
    for (int row : new int[] {1, 39, 41, 49}) {
      JsonNode best = said.get(some + ":" + row).get(0);
      assertThat(best.get("label")).isEqualTo(all.get(sound + ":" + row).get(0).get("label"));
    }

    Arrays.fill(values, Float.NaN);
    Path none = TensorFileWriter.npy(folder.resolve("none.npy"), shape(50), values);
    assertThat(predict(none)).isEqualTo(64);
    assertThat(err.toString()).contains("50 of 50 rows have no class");
  }

  private static TensorSource signal(int rows) {
    return TensorFileWriter.floats("signal", shape(rows), values(rows));
  }

  private static List<Long> shape(int rows) {
    return List.of((long) rows, 3L, 8L, 8L);
  }

  private static float[] values(int rows) {
    float[] values = new float[rows * VALUES];
    for (int i = 0; i < values.length; i++) {
      values[i] = i / VALUES % 5 == i % 5 ? 2 : i % 7 * 0.1f;
    }
    return values;
  }

  private void train(String module, String dataset) throws IOException {
    TensorFileWriter.write(
        folder.resolve("data/all.safetensors"), signal(40), TensorFileWriter.labels(40, 5));
    Path net = folder.resolve("net.pt");
    try (InputStream file = OneInputTest.class.getResourceAsStream("/modules/small.pt")) {
      Files.copy(Objects.requireNonNull(file), net);
    }
    Path training =
        Files.writeString(
            folder.resolve("training.yaml"),
            TRAINING.formatted(
                module.isEmpty() ? "" : "      " + module,
                dataset.isEmpty() ? "" : "    " + dataset));
    assertThat(
            command(
                "train",
                training.toString(),
                "--data=" + folder.resolve("data"),
                "--weights=" + net,
                "--output=" + folder.resolve("out")))
        .as("%s", err)
        .isZero();
    out.getBuffer().setLength(0);
  }

  private int predict(Path... files) {
    String[] arguments = {"predict", folder.resolve("out").toString(), "-o", "json"};
    String[] all = Arrays.copyOf(arguments, arguments.length + files.length);
    for (int i = 0; i < files.length; i++) {
      all[arguments.length + i] = files[i].toString();
    }
    return command(all);
  }

  private int command(String... arguments) {
    return FusionTrainer.commandLine(new StopSignal())
        .setOut(new PrintWriter(out))
        .setErr(new PrintWriter(err))
        .execute(arguments);
  }
}
