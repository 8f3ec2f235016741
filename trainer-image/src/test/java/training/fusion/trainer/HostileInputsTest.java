package training.fusion.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import training.fusion.trainer.cli.FusionTrainer;
import training.fusion.trainer.data.PictureCopies;
import training.fusion.trainer.format.IdxFiles;
import training.fusion.trainer.format.TensorFileWriter;
import training.fusion.trainer.process.StopSignal;
import training.fusion.trainer.safetensors.ElementType;
import training.fusion.trainer.safetensors.SafetensorsWriter;
import training.fusion.trainer.safetensors.TensorHeader;
import training.fusion.trainer.safetensors.TensorSource;

/**
 * Inputs that somebody might leave where the trainer reads: what announces more than it is, what is
 * no file, what never ends. Archives are in {@code ArchiveTest}, servers in {@code HttpsSourceTest}
 * and {@code S3SourceTest}, a run's own files in {@code ForeignJsonTest}.
 */
@Tag("process")
@DisabledOnOs(OS.WINDOWS)
@DisplayName("A hostile input")
class HostileInputsTest {
  /** What hangs would hang for ever. */
  private static final Duration LONGEST = Duration.ofSeconds(60);

  private static final int MOST = Integer.MAX_VALUE;
  private static final String IMAGES = "t10k-images-idx3-ubyte";
  private static final String LABELS = "t10k-labels-idx1-ubyte";

  private static final String TRAINING =
      """
      apiVersion: fusion.training/v1alpha1
      kind: FusionTraining
      metadata: {name: small}
      spec:
        model: {architecture: EfficientNetV2-S}
        dataset:
          format: %s
          source: {persistentVolumeClaim: {claimName: data}}
          split: {validation: 0.1, test: 0.1, seed: 0}
        optimization: {single: {optimizer: {type: SGD, learningRate: 1e-3}}}
        training: {epochs: 1, batchSize: 8, imageSize: 32, seed: 1}
        pod: {gpu: {count: 0}}
      """;

  private static final Map<String, String> CARD =
      Map.of(
          "architecture", "EfficientNetV2-S",
          "epsilons", "{\"features\": 0.001}",
          "padding", "\"SYMMETRIC\"",
          "classes", "[\"a\", \"b\"]",
          "preprocessing", preprocessing("32"));

  @SuppressWarnings("NullAway.Init") // JUnit sets it
  @TempDir
  private Path folder;

  private interface Change {
    void make(Path data) throws Exception;
  }

  static Stream<Arguments> dataSets() {
    return Stream.of(
        idx("no image at all", IMAGES, sizes(0x0803, 0, 8, 8), "sizes [0]"),
        idx("less than no image", IMAGES, sizes(0x0803, -1, 8, 8), "sizes [-1]"),
        idx("images without width", IMAGES, sizes(0x0803, 60, 8, 0), "sizes [60, 8, 0]"),
        idx("an image of 2³¹−1 × 2³¹−1", IMAGES, sizes(0x0803, 1, MOST, MOST), "cannot be right"),
        idx("2³¹−1 images of 1 GiB", IMAGES, sizes(0x0803, MOST, 1 << 15, 1 << 15), "announces"),
        idx(
            "2³¹−1 labels",
            LABELS,
            sizes(0x0801, MOST),
            "of the 2147483647 bytes that its header announces"),
        idx("labels of no file at all", LABELS, new byte[0], "ends too early"),
        idx(
            "2³¹−1 labels, gzip",
            LABELS,
            IdxFiles.gzip(sizes(0x0801, MOST)),
            "announces 2147483647 bytes"),
        changed("IDX", "a named pipe", data -> pipe(data, IMAGES), "it is a device, a named pipe"),
        changed("IDX", "a folder", data -> folder(data, IMAGES), "it is a folder"),
        changed("IDX", "a device", data -> link(data, LABELS, "/dev/zero"), "it is a device"),
        changed("IDX", "a link to itself", data -> link(data, LABELS, LABELS), "is missing"),
        changed(
            "IDX", "a file below a file", data -> link(data, LABELS, IMAGES + "/x"), "is missing"),
        changed(
            "CIFAR10",
            "class names by a named pipe",
            data -> pipe(data, "batches.meta.txt"),
            "it is a device, a named pipe"),
        changed(
            "CIFAR10",
            "class names that are no text",
            data -> Files.write(data.resolve("batches.meta.txt"), new byte[] {(byte) 0xff, 10}),
            "it is not text in UTF-8"),
        changed("CIFAR10", "a folder", data -> folder(data, "data_batch_3.bin"), "it is a folder"),
        changed(
            "Tensors",
            "a header of 2⁶³−1 bytes",
            data -> Files.write(data.resolve("a.safetensors"), sizes(-1, MOST)),
            "a.safetensors is not a safetensors file"),
        changed(
            "Tensors",
            "a header of brackets",
            data -> Files.write(data.resolve("a.safetensors"), brackets()),
            "a.safetensors is not a safetensors file"),
        changed("Tensors", "a named pipe", data -> pipe(data, "a.safetensors"), "has no tensors"),
        changed(
            "ImageFolder",
            "a link back to its folder",
            data -> link(data.resolve("a"), "back", ".."),
            "leads back to a folder that it lies in"),
        changed(
            "ImageFolder",
            "a class that is the data set",
            data -> link(data, "c", "."),
            "leads back to a folder that it lies in"),
        changed(
            "ImageFolder",
            "a class whose name is no text",
            data -> shell(data, "mkdir $'caf\\xe9'"),
            "the folder's name is no text"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("dataSets")
  @DisplayName("in a data set is told by its name with exit code 64")
  void inADataSet(String what, String format, Change change, String says) throws Exception {
    Path data = whole(format);
    change.make(data);
    assertThat(refused(format, data)).contains(says).contains(data.toString());
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("noFiles")
  @DisplayName("that is no file, among pictures, is passed over and never opened")
  void thatIsNoFile(String what, Change change) throws Exception {
    Path data = whole("ImageFolder");
    change.make(data.resolve("a"));
    assertThat(execute("dry-run", training("ImageFolder"), "--data=" + data).code()).isZero();
  }

  static Stream<Arguments> noFiles() {
    return Stream.of(
        arguments("a named pipe", (Change) folder -> pipe(folder, "x.png")),
        arguments("a device", (Change) folder -> link(folder, "x.png", "/dev/zero")),
        arguments("a link that leads nowhere", (Change) folder -> link(folder, "x.png", "none")),
        arguments("a link to itself", (Change) folder -> link(folder, "x.png", "x.png")));
  }

  static Stream<Arguments> models() {
    return Stream.of(
        card("preprocessing", preprocessing("2147483647"), "does not describe one"),
        card("preprocessing", preprocessing("-1"), "does not describe one"),
        card("preprocessing", preprocessing("1e999"), "does not describe one"),
        card("preprocessing", "null", "does not describe one"),
        card("preprocessing", "[]", "does not describe one"),
        card("preprocessing", preprocessing("32").replace("[1, 1, 1]", "[0, 1, 1]"), "describe"),
        card("preprocessing", preprocessing("32").replace("[0, 0, 0]", "[0]"), "describe"),
        card("classes", "null", "does not describe one"),
        card("classes", "[null, null]", "does not describe one"),
        card("classes", "[\"a\"]", "does not describe one"),
        card("epsilons", "null", "does not describe one"),
        card("padding", "null", "does not describe one"),
        card("architecture", "", "does not describe one"),
        model("a header of 2⁶³−1 bytes", header(Long.MAX_VALUE, ""), "header would be"),
        model("a header of less than no bytes", header(-1, ""), "header would be"),
        model("a header that is an array", header(2, "[]"), "no JSON object"),
        model("a header nested 2,000 deep", header(2000, "[".repeat(2000)), "not valid JSON"),
        model(
            "a tensor of 2³¹−1 × 2³¹−1 × 2³¹−1 values",
            tensor("[2147483647,2147483647,2147483647]", "[0,4]"),
            "not a safetensors file"),
        model(
            "a tensor of 2³¹−1 values", tensor("[2147483647]", "[0,8589934588]"), "is said to be"),
        model("a tensor that ends before it begins", tensor("[1]", "[4,0]"), "is said to be"));
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("models")
  @DisplayName("in a model's header is told by the model's name with exit code 64")
  void inAModel(String what, String value, byte[] model, String says) throws Exception {
    Path file = Files.write(folder.resolve("model.safetensors"), model);
    Path picture = PictureCopies.FOLDER.resolve("011-png-rgb.png");
    Said said = execute("predict", file, picture.toString());
    assertThat(said.code()).as(said.errors()).isEqualTo(64);
    assertThat(said.errors()).contains(says).contains(file.toString());
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("noFiles")
  @DisplayName("in place of a model is told with exit code 64")
  void inPlaceOfAModel(String what, Change change) throws Exception {
    change.make(folder);
    Said said = execute("predict", folder.resolve("x.png"), "any.png");
    assertThat(said.code()).as(said.errors()).isEqualTo(64);
    assertThat(said.errors()).contains("x.png");
  }

  private static Arguments idx(String what, String name, byte[] content, String says) {
    return changed("IDX", what, data -> Files.write(data.resolve(name), content), says);
  }

  private static Arguments changed(String format, String what, Change change, String says) {
    return arguments(what, format, change, says);
  }

  private static byte[] sizes(int magic, int... sizes) {
    return IdxFiles.bytes(magic, new byte[16], sizes);
  }

  private static byte[] brackets() {
    int length = 1 << 20;
    byte[] bytes = new byte[Long.BYTES + length];
    Arrays.fill(bytes, (byte) '[');
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(length);
    return bytes;
  }

  private static Arguments card(String field, String value, String says) {
    var card = new TreeMap<>(CARD);
    card.put(field, value);
    return arguments(field, value, saved(card), says);
  }

  private static Arguments model(String what, byte[] content, String says) {
    return arguments(what, "", content, says);
  }

  private static String preprocessing(String size) {
    return "{\"imageSize\": %s, \"resize\": \"Pad\", \"interpolation\": \"Bilinear\", \"mean\": [0, 0, 0], \"std\": [1, 1, 1]}"
        .formatted(size);
  }

  private static byte[] saved(Map<String, String> card) {
    try {
      Path file = Files.createTempFile("card", ".safetensors");
      Files.delete(file);
      SafetensorsWriter.write(
          file,
          new TreeMap<>(card),
          List.of(
              new TensorSource(
                  new TensorHeader("x", ElementType.F32, List.of(1L)),
                  () -> ByteBuffer.allocate(4))));
      byte[] bytes = Files.readAllBytes(file);
      Files.delete(file);
      return bytes;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] header(long length, String json) {
    byte[] text = json.getBytes(java.nio.charset.StandardCharsets.UTF_8);
    return ByteBuffer.allocate(8 + text.length + 8)
        .order(java.nio.ByteOrder.LITTLE_ENDIAN)
        .putLong(length)
        .put(text)
        .array();
  }

  private static byte[] tensor(String shape, String offsets) {
    String json =
        "{\"x\":{\"dtype\":\"F32\",\"shape\":%s,\"data_offsets\":%s}}".formatted(shape, offsets);
    return header(json.length(), json);
  }

  private Path whole(String format) throws IOException {
    Path data = Files.createDirectories(folder.resolve("data"));
    switch (format) {
      case "IDX" -> {
        Files.write(data.resolve(IMAGES), IdxFiles.images(60, 8, 8));
        Files.write(data.resolve(LABELS), IdxFiles.cyclicLabels(60, 3));
      }
      case "CIFAR10" -> {
        for (int i = 1; i <= 5; i++) {
          Files.write(data.resolve("data_batch_%d.bin".formatted(i)), new byte[10 * 3073]);
        }
      }
      case "Tensors" ->
          TensorFileWriter.write(
              data.resolve("a.safetensors"),
              TensorFileWriter.rows("x", 60),
              TensorFileWriter.labels(60, 3));
      default -> {
        PictureCopies.write(data.resolve("a"), 10);
        PictureCopies.write(data.resolve("b"), 10);
      }
    }
    return data;
  }

  private static void pipe(Path folder, String name) throws Exception {
    Files.deleteIfExists(folder.resolve(name));
    shell(folder, "mkfifo " + name);
  }

  private static void folder(Path folder, String name) throws IOException {
    Files.deleteIfExists(folder.resolve(name));
    Files.createDirectory(folder.resolve(name));
  }

  private static void link(Path folder, String name, String to) throws IOException {
    Files.deleteIfExists(folder.resolve(name));
    Files.createSymbolicLink(folder.resolve(name), Path.of(to));
  }

  private static void shell(Path folder, String command) throws Exception {
    Process shell =
        new ProcessBuilder("bash", "-c", command).directory(folder.toFile()).inheritIO().start();
    assertThat(shell.waitFor()).isZero();
  }

  private String refused(String format, Path data) throws IOException {
    Said said = execute("dry-run", training(format), "--data=" + data);
    assertThat(said.code()).as(said.errors()).isEqualTo(64);
    return said.errors();
  }

  private Path training(String format) throws IOException {
    return Files.writeString(folder.resolve("training.yaml"), TRAINING.formatted(format));
  }

  private record Said(int code, String errors) {}

  private static Said execute(String command, Path file, String... more) {
    var errors = new StringWriter();
    String[] arguments =
        Stream.concat(Stream.of(command, file.toString()), Stream.of(more)).toArray(String[]::new);
    int code =
        Assertions.assertTimeoutPreemptively(
            LONGEST,
            () ->
                FusionTrainer.commandLine(new StopSignal())
                    .setOut(new PrintWriter(new StringWriter()))
                    .setErr(new PrintWriter(errors))
                    .execute(arguments));
    assertThat(errors.toString()).doesNotContain("\tat ").doesNotContain("java.");
    return new Said(code, errors.toString());
  }
}
