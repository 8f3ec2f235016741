package training.fusion.trainer.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import training.fusion.trainer.format.IdxFiles;
import training.fusion.trainer.format.TensorFileWriter;
import training.fusion.trainer.process.StopSignal;
import training.fusion.trainer.safetensors.ElementType;
import training.fusion.trainer.safetensors.SafetensorsFile;
import training.fusion.trainer.safetensors.TensorHeader;

/** Thirty grey pictures of three classes as IDX files, and the same as a tensor. */
@Tag("libtorch")
@DisplayName("A training on tensors")
class TensorTrainingTest {
  private static final int COUNT = 30;
  private static final int SIZE = 32;

  private static final String TRAINING =
      """
      apiVersion: fusion.training/v1alpha1
      kind: FusionTraining
      metadata: {name: small}
      spec:
        model: {architecture: ResNet-18}
        dataset:
          format: %s
          source: {persistentVolumeClaim: {claimName: data}}
          split: {validation: 0.1, test: 0.2, seed: 0}
      %s
        optimization:
          fusion:
            lowLevel: {lastBlock: 3, optimizer: {type: Adam, learningRate: 1e-3}}
            highLevel: {optimizer: {type: SGD, learningRate: 2e-2, momentum: 0.9}}
        training: {epochs: 2, batchSize: 8, imageSize: 32, seed: 1}
        pod: {gpu: {count: 0}}
      """;

  @SuppressWarnings("NullAway.Init") // JUnit sets it
  @TempDir
  private static Path folder;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @BeforeAll
  static void train() throws IOException {
    byte[] images = IdxFiles.images(COUNT, SIZE, SIZE);
    Path pictures = Files.createDirectories(folder.resolve("pictures"));
    IdxFiles.write(pictures, "t10k", images, IdxFiles.cyclicLabels(COUNT, 3));
    write(folder.resolve("tensors/data.safetensors"), images, true);
    assertThat(
            train(
                "pictures",
                TRAINING.formatted(
                    "IDX", "    normalization: {mean: [0.5, 0.4, 0.3], std: [0.2, 0.3, 0.25]}")))
        .isZero();
    assertThat(
            train(
                "tensors",
                TRAINING.formatted(
                    "Tensors",
                    "    tensors: {inputs: [{name: x, mean: [0.5, 0.4, 0.3], std: [0.2, 0.3, 0.25]}]}")))
        .isZero();
  }

  /** Rows of three times the same plane, of values in 0..1. */
  private static void write(Path file, byte[] idx, boolean labelled) {
    int plane = SIZE * SIZE;
    ByteBuffer pixels = ByteBuffer.wrap(idx, idx.length - COUNT * plane, COUNT * plane);
    float[] values = new float[COUNT * 3 * plane];
    for (int i = 0; i < COUNT; i++) {
      byte[] image = new byte[plane];
      pixels.get(image);
      for (int v = 0; v < 3 * plane; v++) {
        values[i * 3 * plane + v] = Byte.toUnsignedInt(image[v % plane]) / 255f;
      }
    }
    var x =
        TensorFileWriter.floats("x", List.of((long) COUNT, 3L, (long) SIZE, (long) SIZE), values);
    if (labelled) {
      TensorFileWriter.write(file, x, TensorFileWriter.labels(COUNT, 3));
    } else {
      TensorFileWriter.write(file, x);
    }
  }

  private static int train(String name, String training) throws IOException {
    Path file = Files.writeString(folder.resolve(name + ".yaml"), training);
    return FusionTrainer.commandLine(new StopSignal())
        .execute(
            "train",
            file.toString(),
            "--data=" + folder.resolve(name),
            "--output=" + folder.resolve(name + "-out"));
  }

  @Test
  @DisplayName("is bit for bit the training on the same pictures")
  void equalsThatOnPictures() throws IOException {
    assertThat(new RunFolder(folder.resolve("tensors-out")).history())
        .isEqualTo(new RunFolder(folder.resolve("pictures-out")).history());
    try (var one = SafetensorsFile.open(folder.resolve("tensors-out/model.safetensors"));
        var other = SafetensorsFile.open(folder.resolve("pictures-out/model.safetensors"))) {
      assertThat(one.tensors()).isEqualTo(other.tensors());
      for (TensorHeader tensor : one.tensors()) {
        assertThat(one.values(tensor.name()))
            .as(tensor.name())
            .isEqualTo(other.values(tensor.name()));
      }
    }
  }

  @Test
  @DisplayName("leaves a model that predict and evaluate take tensors for")
  void leavesAModel() throws IOException {
    String model = folder.resolve("tensors-out").toString();
    Path unknown = folder.resolve("unknown.safetensors");
    write(unknown, IdxFiles.images(COUNT, SIZE, SIZE), false);
    assertThat(command("predict", model, unknown.toString(), "-o", "json", "--top", "3"))
        .as("%s", err)
        .isZero();
    JsonNode said = new ObjectMapper().readTree(out.toString());
    assertThat(said).hasSize(COUNT);
    JsonNode row = said.get(unknown + ":7");
    assertThat(row).hasSize(3);
    assertThat(row.findValues("probability").stream().mapToDouble(JsonNode::asDouble).sum())
        .isCloseTo(1, within(1e-6));
    out.getBuffer().setLength(0);
    assertThat(command("evaluate", model, "-o", "json")).as("%s", err).isZero();
    JsonNode evaluated = new ObjectMapper().readTree(out.toString());
    JsonNode result = new RunFolder(folder.resolve("tensors-out")).result();
    assertThat(evaluated.get("accuracy")).isEqualTo(result.at("/test/accuracy"));
  }

  @Test
  @DisplayName(
      "is told in a dry run, and refused there where rows are no pictures of the network's size")
  void isToldBefore() throws IOException {
    Path file = folder.resolve("tensors.yaml");
    assertThat(command("dry-run", file.toString(), "--data=" + folder.resolve("tensors")))
        .as("%s", err)
        .isZero();
    assertThat(out.toString()).contains("data       30 rows of x: F32 [3, 32, 32], 3 classes");
    Path other = folder.resolve("other");
    TensorFileWriter.write(
        other.resolve("a.safetensors"),
        TensorFileWriter.bytes("x", ElementType.U8, List.of(40L, 2L), new byte[80]),
        TensorFileWriter.labels(40, 2));
    assertThat(
            command(
                "dry-run",
                Files.writeString(folder.resolve("o.yaml"), TRAINING.formatted("Tensors", ""))
                    .toString(),
                "--data=" + other))
        .isEqualTo(64);
    assertThat(err.toString())
        .contains(
            "has rows of x [2], and ResNet-18 takes pictures: one tensor with rows of [3, 32, 32]");
  }

  @Test
  @DisplayName("leaves rows out that have NaN, where that is asked for, and counts them")
  void skips() throws IOException {
    Path data = folder.resolve("damaged");
    float[] values = new float[12 * 3 * SIZE * SIZE];
    values[5 * 3 * SIZE * SIZE + 7] = Float.NaN;
    TensorFileWriter.write(
        data.resolve("a.safetensors"),
        TensorFileWriter.floats("x", List.of(12L, 3L, (long) SIZE, (long) SIZE), values),
        TensorFileWriter.labels(12, 2));
    String training = TRAINING.formatted("Tensors", "    onError: %s");
    Path fail = Files.writeString(folder.resolve("fail.yaml"), training.formatted("Fail"));
    Path skip = Files.writeString(folder.resolve("skip.yaml"), training.formatted("Skip"));
    assertThat(command("dry-run", fail.toString(), "--data=" + data, "--decode")).isEqualTo(64);
    assertThat(err.toString()).contains("row 5 of a.safetensors: x: value 7 of [3, 32, 32] is NaN");
    assertThat(command("dry-run", skip.toString(), "--data=" + data)).as("%s", err).isZero();
    assertThat(out.toString()).contains("; 1 left out as damaged");
  }

  @Test
  @DisplayName("leaves a model that is not taken for one of pictures")
  void isNotMixedUp() throws IOException {
    String tensors = folder.resolve("tensors-out").toString();
    assertThat(command("predict", tensors, folder.toString())).isEqualTo(64);
    assertThat(err.toString()).contains("was trained on tensors, and takes .safetensors");
    assertThat(
            command(
                "evaluate",
                tensors,
                "--file=" + folder.resolve("pictures.yaml"),
                "--data=" + folder.resolve("pictures")))
        .isEqualTo(64);
    assertThat(err.toString()).contains("was trained on tensors, and dataset.format is IDX");
  }

  private int command(String... arguments) {
    return FusionTrainer.commandLine(new StopSignal())
        .setOut(new PrintWriter(out))
        .setErr(new PrintWriter(err))
        .execute(arguments);
  }
}
