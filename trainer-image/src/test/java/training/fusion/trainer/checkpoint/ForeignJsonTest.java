package training.fusion.trainer.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static training.fusion.trainer.data.Digests.DATASET;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import training.fusion.api.Pretrained;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.data.DamagedPictures;
import training.fusion.trainer.format.IdxFiles;
import training.fusion.trainer.report.ConfigurationFile;
import training.fusion.trainer.report.MetricsFile;
import training.fusion.trainer.report.ResultFile;
import training.fusion.trainer.report.RunDescription;
import training.fusion.trainer.run.PictureListFile;
import training.fusion.trainer.safetensors.ElementType;
import training.fusion.trainer.safetensors.FileDigest;
import training.fusion.trainer.safetensors.TensorHeader;
import training.fusion.trainer.safetensors.TensorSource;

/** A volume is written to by others, too, and by whoever was killed. */
@Tag("process")
@DisplayName("A JSON file that is not what the trainer wrote")
class ForeignJsonTest {
  private static final Duration LONGEST = Duration.ofSeconds(20);
  private static final Map<String, byte[]> CONTENTS = new LinkedHashMap<>();

  static {
    for (String text :
        List.of(
            "",
            "null",
            "[]",
            "[null]",
            "{}",
            "{\"runKey\":",
            "{\"runKey\": \"run\"}",
            "{\"runKey\": \"run\", \"failure\": {}}",
            "{\"runKey\": [], \"failure\": 1}",
            "1",
            "\"text\"",
            "{} {}",
            "[".repeat(2000),
            "version https://git-lfs.github.com/spec/v1\n",
            "<html></html>")) {
      String name =
          text.isEmpty() ? "nothing at all" : text.substring(0, Math.min(40, text.length()));
      CONTENTS.put(name.strip(), text.getBytes(StandardCharsets.UTF_8));
    }
    CONTENTS.put("bytes that are no text", new byte[] {'{', '"', (byte) 0xff, (byte) 0xfe});
    CONTENTS.put("zeros, as after a crash of the machine", new byte[4096]);
  }

  @SuppressWarnings("NullAway.Init") // JUnit sets it
  @TempDir
  private Path folder;

  static Stream<String> contents() {
    return CONTENTS.keySet().stream();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("contents")
  @DisplayName("is passed over, and one that a command can't do without is told by its name")
  void isPassedOver(String name) throws IOException {
    for (String file : List.of("result.json", "run.json", "metrics.json", "skipped.json")) {
      write(folder.resolve(file), name);
    }
    assertThat(new ResultFile(folder, null).finished("run")).isEmpty();
    assertThat(ResultFile.read(folder)).isEmpty();
    assertThat(RunDescription.read(folder)).isEmpty();
    assertThat(MetricsFile.read(folder)).isEmpty();
    assertThat(JsonFile.readOrPassOver(folder.resolve("skipped.json"), DamagedPictures.class))
        .isEmpty();
    Path list = folder.resolve(PictureListFile.FILE);
    write(list, name);
    assertThat(PictureListFile.read(folder)).isNull();
    Files.write(list, IdxFiles.gzip(Files.readAllBytes(list)));
    assertThat(PictureListFile.read(folder)).isNull();
    write(folder.resolve(ConfigurationFile.FILE), name);
    if (!name.startsWith("{}") && !name.contains("run\"")) { // parts that lack are told by field
      assertThatExceptionOfType(TrainingFailure.class)
          .isThrownBy(() -> ConfigurationFile.read(folder))
          .withMessageContaining("configuration.json is not what the trainer wrote")
          .matches(e -> e.exitCode().code() == 64);
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("contents")
  @DisplayName("as a checkpoint's manifest lets the older checkpoint be taken")
  void asAManifest(String name) throws IOException {
    Path newer = twoCheckpoints();
    write(newer.resolve("manifest.json"), name);
    sign(newer);
    assertOlder("checkpoint-0-2 is damaged and passed over");
  }

  @Test
  @DisplayName("as a manifest that is whole but for one part lets the older checkpoint be taken")
  void aPartOfAManifest() throws IOException {
    String whole = Files.readString(twoCheckpoints().resolve("manifest.json"));
    List<String> damaged = new ArrayList<>();
    for (String part : List.of("runKey", "machine", "state", "files", "sums", "history")) {
      damaged.add(whole.replaceFirst("\"" + part + "\" *:", "\"" + part + "\": null, \"other\":"));
    }
    damaged.add(whole.replaceFirst("\"epochs\" *: *0", "\"epochs\": 7"));
    damaged.add(whole.replaceFirst("\"batches\" *: *2", "\"batches\": -2"));
    damaged.add(whole.replaceFirst("\"step\" *: *2", "\"step\": 99999999999999999999"));
    damaged.add(whole.replaceFirst("model.safetensors", "../checkpoint-0-1/model.safetensors"));
    damaged.add(
        whole.replaceFirst(
            "\"history\" *:",
            "\"best\": {\"metrics\": {}, \"weights\": {\"file\": \"../other/model.safetensors\", \"digest\": {\"bytes\": 1, \"sha256\": \"\"}}}, \"history\":"));
    for (String manifest : damaged) {
      assertThat(manifest).isNotEqualTo(whole);
      Path newer = twoCheckpoints();
      Files.writeString(newer.resolve("manifest.json"), manifest);
      sign(newer);
      assertOlder("checkpoint-0-2 is damaged and passed over");
    }
  }

  @Test
  @DisplayName("that is a named pipe or a folder is passed over and never opened")
  void thatIsNoFile() throws Exception {
    Path newer = twoCheckpoints();
    for (String command : List.of("mkdir", "mkfifo")) {
      for (Path file :
          List.of(
              folder.resolve("result.json"),
              newer.resolve("manifest.json"),
              newer.resolve("manifest.sha256"))) {
        Files.deleteIfExists(file);
        assertThat(new ProcessBuilder(command, file.toString()).inheritIO().start().waitFor())
            .isZero();
      }
      Assertions.assertTimeoutPreemptively(
          LONGEST,
          () -> {
            assertThat(new ResultFile(folder, null).finished("run")).isEmpty();
            assertOlder("is missing");
          });
    }
  }

  private static void write(Path file, String name) throws IOException {
    Files.write(file, java.util.Objects.requireNonNull(CONTENTS.get(name)));
  }

  private static void sign(Path checkpoint) throws IOException {
    Files.writeString(
        checkpoint.resolve("manifest.sha256"),
        FileDigest.of(checkpoint.resolve("manifest.json")).sha256() + "\n");
  }

  /** The newer one's folder. */
  private Path twoCheckpoints() {
    var store = store();
    RunState state = RunState.initial().stepped(1, 1, 8, new RunState.Lap(1, 0));
    store.save(
        state,
        new WeightsConvention(Pretrained.Variant.TORCHVISION, null, null),
        DATASET,
        tensors(),
        tensors());
    return store
        .save(
            state.stepped(1, 1, 8, new RunState.Lap(1, 0)),
            new WeightsConvention(Pretrained.Variant.TORCHVISION, null, null),
            DATASET,
            tensors(),
            tensors())
        .folder();
  }

  private void assertOlder(String says) {
    List<String> said = new ArrayList<>();
    Path found = store().newest(said::add).orElseThrow().folder();
    assertThat(found).hasFileName("checkpoint-0-1");
    assertThat(said).singleElement().asString().contains(says).doesNotContain("training.fusion");
  }

  private CheckpointStore store() {
    return new CheckpointStore(folder, "run", new CheckpointStore.Machine("cpu", 1), 2);
  }

  private static List<TensorSource> tensors() {
    return List.of(
        new TensorSource(
            new TensorHeader("x", ElementType.F32, List.of(1L)), () -> ByteBuffer.allocate(4)));
  }
}
