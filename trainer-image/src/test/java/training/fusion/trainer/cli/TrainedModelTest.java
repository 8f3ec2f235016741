package training.fusion.trainer.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import training.fusion.trainer.Logged;
import training.fusion.trainer.Main;
import training.fusion.trainer.data.PictureCopies;
import training.fusion.trainer.process.StopSignal;

/** One model of two classes, "a" and "b, or c", trained on ten pictures of each. */
@Tag("process")
@DisplayName("With a trained model")
class TrainedModelTest {
  private static final String SECOND = "b, or c";

  private static final String TRAINING =
      """
      apiVersion: fusion.training/v1alpha1
      kind: FusionTraining
      metadata: {name: small}
      spec:
        model: {architecture: EfficientNetV2-S}
        dataset:
          format: ImageFolder
          source: {persistentVolumeClaim: {claimName: data}}
          split: {validation: 0.2, test: 0.2, seed: 0}
        optimization: {single: {optimizer: {type: SGD, learningRate: 1e-3}}}
        training: {epochs: 1, batchSize: 8, imageSize: 32, seed: 1}
        pod: {gpu: {count: 0}}
      """;

  @SuppressWarnings("NullAway.Init") // JUnit sets it
  @TempDir
  private static Path shared;

  @SuppressWarnings("NullAway.Init") // JUnit sets it
  @TempDir
  private Path folder;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @BeforeAll
  static void train() throws IOException {
    PictureCopies.write(shared.resolve("data/a"), 10);
    PictureCopies.write(shared.resolve("data").resolve(SECOND), 10);
    Path file = Files.writeString(shared.resolve("training.yaml"), TRAINING);
    assertThat(
            FusionTrainer.commandLine(new StopSignal())
                .execute(
                    "train",
                    file.toString(),
                    "--data=" + shared.resolve("data"),
                    "--output=" + model()))
        .isZero();
  }

  @Test
  @DisplayName("predict goes through a folder, past what is no picture, and writes a table")
  void table() throws IOException {
    PictureCopies.write(folder.resolve("deeper"), 40);
    Files.writeString(folder.resolve("a \"page\".jpg"), "<html>");
    Files.writeString(folder.resolve(".hidden"), "no matter");

    assertThat(command("predict", model(), folder.toString(), "-o", "csv")).isZero();

    List<String> lines = out.toString().lines().toList();
    assertThat(lines.get(0)).isEqualTo("file,class1,probability1,class2,probability2,error");
    assertThat(lines.get(1))
        .startsWith("\"" + folder + "/a \"\"page\"\".jpg\",,,,,")
        .contains("it is ");
    List<Path> files;
    try (Stream<Path> found = Files.list(folder.resolve("deeper"))) {
      files = found.sorted().toList();
    }
    assertThat(lines).hasSize(2 + files.size());
    for (int i = 0; i < files.size(); i++) {
      assertThat(lines.get(2 + i)).startsWith(files.get(i) + ",").contains("\"" + SECOND + "\"");
    }
    assertThat(err.toString())
        .contains("a \"page\".jpg is no picture: it is ")
        .contains("1 of %d files are no pictures".formatted(files.size() + 1));
  }

  /** Together and one by one: a batch's pictures have nothing to do with each other. */
  @Test
  @DisplayName("predict says of a folder's pictures what it says of each alone")
  void alone() throws IOException {
    PictureCopies.write(folder, 3);
    assertThat(command("predict", model(), folder.toString(), "-o", "json")).isZero();
    JsonNode together = new ObjectMapper().readTree(out.toString());
    assertThat(together).hasSize(3);
    for (var entry : together.properties()) {
      out.getBuffer().setLength(0);
      assertThat(command("predict", model(), entry.getKey(), "-o", "json")).isZero();
      JsonNode one = new ObjectMapper().readTree(out.toString()).get(entry.getKey());
      for (int guess = 0; guess < 2; guess++) {
        assertThat(one.get(guess).get("label")).isEqualTo(entry.getValue().get(guess).get("label"));
        assertThat(one.get(guess).get("probability").asDouble())
            .isCloseTo(entry.getValue().get(guess).get("probability").asDouble(), within(1e-5));
      }
    }
  }

  @Test
  @DisplayName("predict goes on past a file that was named, and ends with 64")
  void named() throws IOException {
    PictureCopies.write(folder, 1);
    Path text = Files.writeString(folder.resolve("text.png"), "no picture");
    Path good = picture(folder);
    String missing = folder.resolve("missing.png").toString();
    String empty = Files.createDirectory(folder.resolve("empty")).toString();
    int code = command("predict", model(), missing, empty, text.toString(), good.toString());
    assertThat(code).isEqualTo(64);
    assertThat(out.toString()).startsWith(good + ":  ").hasLineCount(1);
    assertThat(err.toString())
        .contains("text.png is no picture")
        .contains("missing.png is no picture: it is not there")
        .contains("empty is no picture: it has no files")
        .contains("3 of 4 files are no pictures");
  }

  @ParameterizedTest
  @ValueSource(strings = {"text", "json", "csv"})
  @DisplayName("predict ends with 64 where there is no picture at all")
  void none(String format) throws IOException {
    Files.writeString(folder.resolve("readme.txt"), "no picture");
    assertThat(command("predict", model(), folder.toString(), "-o", format)).isEqualTo(64);
    assertThat(err.toString()).contains("1 of 1 files are no pictures").doesNotContain("\tat ");
  }

  @Test
  @DisplayName("evaluate --all takes every picture of a folder; without, it says how many it takes")
  void all() throws IOException {
    PictureCopies.write(folder.resolve("a"), 7);
    PictureCopies.write(folder.resolve(SECOND), 9);
    String data = "--data=" + folder;
    assertThat(command("evaluate", model(), data, "--all", "-o", "json")).as("%s", err).isZero();
    JsonNode all = new ObjectMapper().readTree(out.toString());
    assertThat(all.get("split").asText()).isEqualTo("all");
    assertThat(all.get("images").asInt()).isEqualTo(16);
    assertThat(all.at("/classes/a/support").asInt()).isEqualTo(7);
    assertThat(err.toString()).isEmpty();
    out.getBuffer().setLength(0);
    assertThat(command("evaluate", model(), data)).isZero();
    assertThat(err.toString())
        .containsPattern(
            "\\d of the 16 images are evaluated, the part test as the run divides them; --all");
  }

  @Test
  @DisplayName("evaluate --all takes train, val and test folders together, and no limit counts")
  void allParts() throws IOException {
    for (String part : List.of("train", "val", "test")) {
      PictureCopies.write(folder.resolve(part).resolve("a"), 3);
      PictureCopies.write(folder.resolve(part).resolve(SECOND), 2);
    }
    Path file =
        Files.writeString(
            folder.resolve("training.yaml"),
            TRAINING.replace("split:", "limit: {train: 2, test: 2}\n    split:"));
    int code =
        command("evaluate", model(), "--data=" + folder, "--file=" + file, "--all", "-o", "json");
    assertThat(code).as("%s", err).isZero();
    JsonNode all = new ObjectMapper().readTree(out.toString());
    assertThat(all.get("images").asInt()).isEqualTo(15);
  }

  @Test
  @DisplayName("dry-run --decode names every damaged picture; without, none is looked at")
  void decode() throws IOException {
    PictureCopies.write(folder.resolve("a"), 5);
    PictureCopies.write(folder.resolve("b"), 5);
    Path whole = picture(folder.resolve("a"));
    byte[] bytes = Files.readAllBytes(whole);
    for (String name : List.of("a/cut.png", "b/cut.png")) {
      Files.write(folder.resolve(name), Arrays.copyOf(bytes, bytes.length / 2));
    }
    String file = shared.resolve("training.yaml").toString();
    String data = "--data=" + folder;
    assertThat(command("dry-run", file, data)).as("%s", err).isZero();
    assertThat(command("dry-run", file, data, "--decode")).isEqualTo(64);
    assertThat(err.toString())
        .contains("2 picture(s) are damaged")
        .contains("a/cut.png: ")
        .contains("b/cut.png: ");
    out.getBuffer().setLength(0);
    assertThat(command("dry-run", file, "--data=" + shared.resolve("data"), "--decode")).isZero();
    assertThat(out.toString()).contains("decoded    all of them: none is damaged");
  }

  @Test
  @DisplayName(
      "dry-run counts the same pictures by parts and by class, and says how many files have")
  void counts() throws IOException {
    String data = "--data=" + shared.resolve("data");
    assertThat(command("dry-run", shared.resolve("training.yaml").toString(), data)).isZero();
    assertThat(out.toString())
        .contains("data       20 images of 32×32 pixels, 2 classes")
        .contains("classes    a: 10, b, or c: 10")
        .contains("parts      12 to train on, 4 to validate on, 4 to test on");
    out.getBuffer().setLength(0);
    String limited = TRAINING.replace("split:", "limit: {train: 8, test: 2}\n    split:");
    Path file = Files.writeString(folder.resolve("training.yaml"), limited);
    assertThat(command("dry-run", file.toString(), data)).isZero();
    assertThat(out.toString())
        .contains("data       14 images of 32×32 pixels, of 20 in the files, 2 classes")
        .contains("classes    a: 7, b, or c: 7")
        .contains("parts      8 to train on, 4 to validate on, 2 to test on");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "--decode"})
  @DisplayName("dry-run tells of 16 bits of grey, decoding or not")
  void caveats(String flag) throws IOException {
    for (String name : List.of("a", SECOND)) {
      PictureCopies.write(folder.resolve(name), 5);
    }
    var grey = new BufferedImage(9, 9, BufferedImage.TYPE_USHORT_GRAY);
    grey.getRaster().setSample(1, 1, 0, 300);
    for (String format : List.of("png", "tiff")) {
      Path file = folder.resolve("a/grey." + format);
      assertThat(ImageIO.write(grey, format, file.toFile())).isTrue();
    }
    String file = shared.resolve("training.yaml").toString();
    List<String> command = new ArrayList<>(List.of("dry-run", file, "--data=" + folder));
    if (!flag.isEmpty()) {
      command.add(flag);
    }
    assertThat(command(command.toArray(String[]::new))).as("%s", err).isZero();
    assertThat(out.toString()).contains("note       2 picture(s), one of them a/grey.png");
  }

  @Test
  @DisplayName(
      "dry-run opens the weights that a training begins with, and refuses what train would")
  void weights() throws IOException {
    String pretrained =
        TRAINING.replace(
            "model: {",
            "model: {pretrained: {source: {persistentVolumeClaim: {claimName: w}}, head: Keep}, ");
    Path file = Files.writeString(folder.resolve("training.yaml"), pretrained);
    String data = "--data=" + shared.resolve("data");
    assertThat(command("dry-run", file.toString(), data)).isZero();
    assertThat(out.toString()).contains("weights    not looked at").contains("--weights FILE");
    out.getBuffer().setLength(0);
    Path own = Path.of(model(), "model.safetensors");
    assertThat(command("dry-run", file.toString(), data, "--weights=" + own)).isZero();
    assertThat(out.toString()).contains("the head is kept");
    byte[] bytes = Files.readAllBytes(own);
    Path cut = folder.resolve("cut.safetensors");
    Files.write(cut, Arrays.copyOf(bytes, bytes.length / 2));
    assertThat(command("dry-run", file.toString(), data, "--weights=" + cut)).isEqualTo(64);
    assertThat(err.toString()).contains("cut.safetensors");
    Path infinite = folder.resolve("infinite.safetensors");
    String tensor = "features.2.1.block.0.0.weight";
    Files.write(infinite, withValue(bytes, tensor, Float.NEGATIVE_INFINITY));
    String output = "--output=" + folder.resolve("out");
    String named = "--weights=" + infinite;
    Logged trained = Logged.during(() -> command("train", file.toString(), data, named, output));
    assertThat(trained.code()).isEqualTo(64);
    err.getBuffer().setLength(0);
    assertThat(command("dry-run", file.toString(), data, named)).isEqualTo(64);
    assertThat(err.toString())
        .contains("infinite.safetensors does not serve as weights: " + tensor)
        .contains("a value that is not finite: -Infinity")
        .contains(trained.errors());
  }

  /** The bytes of safetensors with another value in the middle of a tensor. */
  private static byte[] withValue(byte[] safetensors, String tensor, float value)
      throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(safetensors.clone()).order(ByteOrder.LITTLE_ENDIAN);
    int header = (int) bytes.getLong(0);
    JsonNode offsets =
        new ObjectMapper()
            .readTree(safetensors, Long.BYTES, header)
            .get(tensor)
            .get("data_offsets");
    int middle = (offsets.get(0).asInt() + offsets.get(1).asInt()) / 8 * 4;
    return bytes.putFloat(Long.BYTES + header + middle, value).array();
  }

  @ParameterizedTest
  @ValueSource(strings = {"BF16", "FP32"})
  @DisabledOnOs(OS.WINDOWS)
  @DisplayName("dry-run warns of BF16 where it is computed in software, and of nothing else")
  void bf16(String precision) throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("training.yaml"),
            TRAINING.replace("seed: 1}", "seed: 1, precision: %s}".formatted(precision)));
    try (var trainer =
        TrainerProcess.start(
            folder.resolve("log"),
            List.of("env", "ONEDNN_MAX_CPU_ISA=AVX2"),
            List.of(),
            Main.class,
            "dry-run",
            file.toString(),
            "--data=" + shared.resolve("data"))) {
      assertThat(trainer.exitCode()).as(trainer.said()).isZero();
      assertThat(trainer.said().contains("BF16 is computed in software here"))
          .isEqualTo(precision.equals("BF16"));
    }
  }

  /** A picture of 36 megapixels that is decoded whole needs more than the 40 MiB that there are. */
  @ParameterizedTest
  @ValueSource(strings = {"predict", "evaluate", "dry-run"})
  @DisabledOnOs(OS.WINDOWS)
  @DisplayName("a command whose memory is used up ends with 70 and says so")
  void memory(String command) throws Exception {
    for (String name : List.of("a", SECOND)) {
      Files.createDirectories(folder.resolve(name));
      ImageIO.write(
          new BufferedImage(6000, 6000, BufferedImage.TYPE_BYTE_BINARY),
          "bmp",
          folder.resolve(name).resolve("large.bmp").toFile());
    }
    List<String> arguments =
        new ArrayList<>(
            switch (command) {
              case "predict" -> List.of("predict", model(), folder.toString());
              case "evaluate" -> List.of("evaluate", model(), "--data=" + folder, "--all");
              default ->
                  List.of(
                      "dry-run",
                      shared.resolve("training.yaml").toString(),
                      "--data=" + shared.resolve("data"),
                      "--decode");
            });
    if (command.equals("dry-run")) {
      PictureCopies.write(folder.resolve("a"), 10);
      PictureCopies.write(folder.resolve(SECOND), 10);
      arguments.set(2, "--data=" + folder);
    }
    try (var trainer = withHeapOf40MiB(arguments.toArray(new String[0]))) {
      assertThat(trainer.exitCode()).as(trainer.said()).isEqualTo(70);
      assertThat(trainer.said())
          .contains("Java's memory is used up (its heap has ")
          .contains("large.bmp: it has 36.0 megapixels, which take some 205 MiB")
          .contains("-Xmx in JAVA_TOOL_OPTIONS")
          .doesNotContain("\tat ");
    }
  }

  private static TrainerProcess withHeapOf40MiB(String... arguments) throws IOException {
    return TrainerProcess.start(
        shared.resolve("log"),
        List.of(),
        List.of("-XX:+UseSerialGC", "-Xmx40m"),
        Main.class,
        arguments);
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  @DisplayName("PNG and JPEG of 36 megapixels are decoded in a third of the memory that they have")
  void rowByRow() throws Exception {
    for (String name : List.of("a", SECOND)) {
      PictureCopies.write(folder.resolve(name), 10);
      var large = new BufferedImage(6000, 6000, BufferedImage.TYPE_3BYTE_BGR);
      ImageIO.write(large, "png", folder.resolve(name).resolve("large.png").toFile());
      ImageIO.write(large, "jpeg", folder.resolve(name).resolve("large.jpg").toFile());
    }
    try (var trainer =
        withHeapOf40MiB(
            "dry-run",
            shared.resolve("training.yaml").toString(),
            "--data=" + folder,
            "--decode")) {
      assertThat(trainer.exitCode()).as(trainer.said()).isZero();
      assertThat(trainer.said()).contains("none is damaged");
    }
  }

  private int command(String... arguments) {
    return FusionTrainer.commandLine(new StopSignal())
        .setOut(new PrintWriter(out))
        .setErr(new PrintWriter(err, true))
        .execute(arguments);
  }

  private static String model() {
    return shared.resolve("out").toString();
  }

  private static Path picture(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> !file.getFileName().toString().startsWith("text"))
          .sorted()
          .findFirst()
          .orElseThrow();
    }
  }
}
