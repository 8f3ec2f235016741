package training.fusion.trainer.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import training.fusion.trainer.Main;

/** {@code src/test/c/slow_files.c} stands between the trainer and the file system. */
@Tag("process")
@EnabledOnOs(OS.LINUX)
@DisplayName("On a file system that answers slowly the trainer")
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SlowFileSystemTest {
  private static final int CLASSES = 20;
  private static final int PICTURES = 100;

  private static final String TRAINING =
      """
      apiVersion: fusion.training/v1alpha1
      kind: FusionTraining
      metadata: {name: slow}
      spec:
        model: {architecture: EfficientNetV2-S}
        dataset:
          format: ImageFolder
          source: {persistentVolumeClaim: {claimName: data}}
          split: {validation: 0.1, test: 0.1}
        optimization: {single: {optimizer: {type: SGD, learningRate: 0.1}}}
        training: {imageSize: 32, batchSize: 4}
        pod: {gpu: {count: 0}}
      """;

  @SuppressWarnings("NullAway.Init") // JUnit sets it
  @TempDir
  private Path folder;

  @BeforeEach
  void compile() throws Exception {
    var compiler =
        new ProcessBuilder(
            "sh",
            "-c",
            "cc -shared -fPIC -o \"$0\" src/test/c/slow_files.c -ldl",
            folder.resolve("slow.so").toString());
    assumeTrue(compiler.inheritIO().start().waitFor() == 0, "there is no C compiler");
    for (int c = 0; c < CLASSES; c++) {
      Path ofClass = Files.createDirectories(folder.resolve("data/class%02d".formatted(c)));
      for (int i = 0; i < PICTURES; i++) {
        Files.write(ofClass.resolve("%03d.png".formatted(i)), new byte[0]);
      }
    }
  }

  @Test
  @DisplayName("asks for no file before it reads one")
  void asksForNoFile() throws Exception {
    try (var trainer = start(0, "dry-run")) { // which opens pictures, after it has listed them
      trainer.exitCode();
      assertThat(trainer.said()).contains("pictures cannot be read");
      long ofFolders = 3 * (CLASSES + 1); // whether it is there, its stamp, its file store
      assertThat(calls(STAT) - CLASSES * PICTURES).isLessThan(ofFolders);
      assertThat(calls(OPEN) - CLASSES * PICTURES).isLessThan(ofFolders);
      assertThat(calls(NAMES)).isBetween(1L, ofFolders);
    }
  }

  @Test
  @DisplayName("ends at once when it is told to while it lists")
  void endsWhileItLists() throws Exception {
    try (var trainer = start(500_000, "train", "--output=" + folder.resolve("out"))) {
      while (calls(OPEN) == 0 && trainer.isAlive()) {
        LockSupport.parkNanos(20_000_000);
      }
      trainer.terminate();
      assertThat(trainer.exitCode()).as(trainer.said()).isEqualTo(143);
      assertThat(trainer.said()).contains("stopped from outside, with nothing to save yet");
    }
  }

  private static final int STAT = 1;
  private static final int OPEN = 2;
  private static final int NAMES = 3;

  private long calls(int kind) throws IOException {
    Path counts = folder.resolve("counts");
    return Files.exists(counts) && Files.size(counts) > 0
        ? ByteBuffer.wrap(Files.readAllBytes(counts))
            .order(ByteOrder.nativeOrder())
            .getLong(Long.BYTES * kind)
        : 0;
  }

  private TrainerProcess start(long microseconds, String... arguments) throws IOException {
    Path file = Files.writeString(folder.resolve("training.yaml"), TRAINING);
    return TrainerProcess.start(
        folder.resolve("log"),
        List.of(
            "env",
            "LD_PRELOAD=" + folder.resolve("slow.so"),
            "SLOW_FOLDER=" + folder.resolve("data"),
            "SLOW_MICROSECONDS=" + microseconds,
            "SLOW_COUNTS=" + folder.resolve("counts")),
        List.of("-XX:+UseSerialGC"),
        Main.class,
        Stream.concat(
                Stream.of(arguments),
                Stream.of(file.toString(), "--data=" + folder.resolve("data")))
            .toArray(String[]::new));
  }
}
