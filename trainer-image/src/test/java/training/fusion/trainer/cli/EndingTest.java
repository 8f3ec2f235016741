package training.fusion.trainer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import training.fusion.trainer.Main;
import training.fusion.trainer.format.IdxFiles;
import training.fusion.trainer.process.StopSignal;

/** Processes of their own: what went wrong before this was that they never ended. */
@Tag("process")
@DisabledOnOs(OS.WINDOWS)
@DisplayName("The trainer's process")
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class EndingTest {
  private static final String TRAINING =
      """
      apiVersion: fusion.training/v1alpha1
      kind: FusionTraining
      metadata: {name: ending}
      spec:
        model: {architecture: EfficientNetV2-S}
        dataset:
          format: IDX
          source: {persistentVolumeClaim: {claimName: data}}
          split: {validation: 0.1, test: 0.1, seed: 0}
        optimization: {single: {optimizer: {type: SGD, learningRate: 1e-3}}}
        training: {epochs: 1, batchSize: 8, imageSize: 32, seed: 1}
        pod: {gpu: {count: 0}}
      """;

  @SuppressWarnings("NullAway.Init") // JUnit sets it
  @TempDir
  private Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"train", "dry-run"})
  @DisplayName("that has nothing to save ends at once when it is asked to")
  void endsAtOnce(String command) throws Exception {
    Path pipe = folder.resolve("training.yaml");
    shell("mkfifo " + pipe);
    try (var trainer = TrainerProcess.start(folder.resolve("log"), command, pipe.toString())) {
      try (OutputStream reader = new FileOutputStream(pipe.toFile())) { // opens when it reads
        trainer.terminate();
        assertThat(trainer.exitCode()).isEqualTo(143);
      }
      assertThat(trainer.said()).contains("stopped from outside, with nothing to save yet");
    }
  }

  /** A step of some seconds; what runs tests may ignore SIGINT, which a process inherits. */
  @Test
  @EnabledOnOs(OS.LINUX)
  @DisplayName("ends in the middle of a step at a second Ctrl-C, and says what is kept")
  void twice() throws Exception {
    IdxFiles.write(folder, "t10k", IdxFiles.images(60, 8, 8), IdxFiles.cyclicLabels(60, 3));
    String slow = TRAINING.replace("batchSize: 8, imageSize: 32", "batchSize: 40, imageSize: 128");
    Path file = Files.writeString(folder.resolve("training.yaml"), slow);
    try (var trainer =
        TrainerProcess.start(
            folder.resolve("log"),
            List.of("env", "--default-signal=INT"),
            List.of(),
            Main.class,
            "train",
            file.toString(),
            "--data=" + folder,
            "--output=" + folder.resolve("out"))) {
      assertThat(trainer.awaitWords("1 epochs of 2 steps")).as(trainer.said()).isTrue();
      trainer.interrupt();
      assertThat(trainer.awaitWords("Ctrl-C again ends at once")).as(trainer.said()).isTrue();
      trainer.interrupt();
      assertThat(trainer.exitCode()).as(trainer.said()).isEqualTo(143);
      assertThat(trainer.said())
          .contains("stopped at once, in step 1, with nothing saved: the next attempt begins anew");
    }
    assertThat(new RunFolder(folder.resolve("out")).result().at("/failure/message").asText())
        .startsWith("stopped at once, in step 1, with nothing saved");
    assertThat(new RunFolder(folder.resolve("out")).checkpoints()).isEmpty();
  }

  @Test
  @DisplayName("whose memory is used up ends with 70 and says so")
  void memory() throws Exception {
    try (var images =
        new GZIPOutputStream(Files.newOutputStream(folder.resolve("t10k-images-idx3-ubyte.gz")))) {
      images.write(IdxFiles.bytes(0x0803, new byte[0], 60, 1024, 1024));
      for (int i = 0; i < 60; i++) {
        images.write(new byte[1 << 20]);
      }
    }
    Files.write(folder.resolve("t10k-labels-idx1-ubyte"), IdxFiles.cyclicLabels(60, 3));
    try (var trainer = start(List.of(), List.of("-Xmx48m"))) {
      assertThat(trainer.exitCode()).as(trainer.said()).isEqualTo(70);
      assertThat(trainer.said())
          .contains("Java's memory is used up")
          .contains("-Xmx in JAVA_TOOL_OPTIONS");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {24, 64})
  @DisplayName("that may open too few files ends with 70 and says so")
  void descriptors(int most) throws Exception {
    IdxFiles.write(folder, "t10k", IdxFiles.images(60, 8, 8), IdxFiles.cyclicLabels(60, 3));
    try (var trainer =
        start(
            List.of("bash", "-c", "ulimit -n %d; exec \"$0\" \"$@\"".formatted(most)), List.of())) {
      int code = trainer.exitCode();
      assertThat(trainer.said()).contains("ulimit -n");
      assertThat(code).as(trainer.said()).isEqualTo(70);
    }
  }

  @Test
  @DisplayName("of which another thread dies of an error ends with 70 and says why")
  void anotherThread() throws Exception {
    try (var program =
        TrainerProcess.start(folder.resolve("log"), List.of(), List.of(), DyingThread.class)) {
      assertThat(program.exitCode()).isEqualTo(70);
      assertThat(program.said()).contains("a part of the program could not be loaded (some/Part)");
    }
  }

  /** What the trainer's threads would do. */
  static final class DyingThread {
    private DyingThread() {}

    public static void main(String[] arguments) throws InterruptedException {
      StopSignal.install();
      var thread =
          new Thread(
              () -> {
                throw new NoClassDefFoundError("some/Part");
              });
      thread.setDaemon(true);
      thread.start();
      new CountDownLatch(1).await();
    }
  }

  private TrainerProcess start(List<String> before, List<String> options) throws IOException {
    Path file = Files.writeString(folder.resolve("training.yaml"), TRAINING);
    return TrainerProcess.start(
        folder.resolve("log"),
        before,
        options,
        Main.class,
        "dry-run",
        file.toString(),
        "--data=" + folder);
  }

  private static void shell(String command) throws Exception {
    assertThat(new ProcessBuilder("bash", "-c", command).inheritIO().start().waitFor()).isZero();
  }
}
