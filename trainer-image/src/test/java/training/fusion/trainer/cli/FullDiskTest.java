package training.fusion.trainer.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import training.fusion.trainer.checkpoint.CheckpointStore;
import training.fusion.trainer.format.IdxFiles;
import training.fusion.trainer.process.StopSignal;

/** Real trainings to a real file system that is too small. */
@Tag("process")
@EnabledOnOs(value = OS.LINUX, disabledReason = "a small file system is mounted, as Linux does it")
@DisplayName("A training whose disk is full")
class FullDiskTest {
  private static final int STEPS = 6;

  private static final String TRAINING =
      """
      apiVersion: fusion.training/v1alpha1
      kind: FusionTraining
      metadata: {name: full}
      spec:
        model: {architecture: EfficientNetV2-S}
        dataset:
          format: IDX
          source: {persistentVolumeClaim: {claimName: data}}
          split: {validation: 0.1, test: 0.1, seed: 0}
          resize: {mode: Pad}
        optimization:
          single: {optimizer: {type: SGD, learningRate: 1e-3}}
        training: {epochs: 2, batchSize: 8, imageSize: 32, seed: 1, select: Last}
        checkpoint: {keep: 1}
        pod: {gpu: {count: 0}}
      """;

  @SuppressWarnings("NullAway.Init") // JUnit sets it
  @TempDir
  private static Path folder;

  private static long checkpoint;

  @BeforeAll
  static void undisturbed() throws IOException {
    Files.writeString(folder.resolve("training.yaml"), TRAINING);
    IdxFiles.write(folder, "t10k", IdxFiles.images(30, 28, 28), IdxFiles.cyclicLabels(30, 3));
    assertThat(train(run())).isZero();
    checkpoint = Killing.size(run().newestCheckpoint());
  }

  @ParameterizedTest(name = "room for {0} of what a checkpoint has: no space for {1}")
  @CsvSource({
    "1.6, checkpoint-2-6, 3",
    "2.5, model.torchscript.pt, 6",
  })
  @DisplayName("says so, keeps its last checkpoint, and goes on once there is room")
  void saysSo(double room, String file, int step) throws IOException {
    try (SmallDisk disk = mount((long) (room * checkpoint))) {
      var run = new RunFolder(disk.root().resolve("run"));

      assertThat(train(run)).isEqualTo(75);

      JsonNode failure = run.result().get("failure");
      assertThat(failure.get("reason").asText()).isEqualTo("TemporaryIo");
      assertThat(failure.get("message").asText())
          .isEqualTo(
              "no space is left for %s; free some, take a larger volume, or lower checkpoint.keep"
                  .formatted(run.path().resolve(file)));
      assertThat(run.unfinished()).isEmpty();
      List<String> damaged = new ArrayList<>();
      assertThat(CheckpointStore.newestIn(run.path(), damaged::add))
          .map(whole -> (int) whole.manifest().state().step())
          .hasValue(step);
      assertThat(damaged).isEmpty();

      disk.resize(5 * checkpoint);
      assertThat(train(run)).isZero();
      run.mustEqual(run());
      assertThat(run.lastStart()).isEqualTo(step);
      assertThat(run.countedSteps())
          .containsExactlyElementsOf(IntStream.rangeClosed(1, STEPS).boxed().toList());
    }
  }

  @Test
  @DisplayName("before it begins ends with 75, and begins once there is room")
  void beforeItBegins() throws IOException {
    try (SmallDisk disk = mount(1 << 16)) {
      var run = new RunFolder(disk.root().resolve("run"));
      Path ballast = disk.root().resolve("ballast");
      Files.write(ballast, new byte[1 << 16]);

      assertThat(train(run)).isEqualTo(75);

      assertThat(run.path()).as("nothing was begun").doesNotExist();
      disk.resize(5 * checkpoint);
      assertThat(train(run)).isZero();
      run.mustEqual(run());
    }
  }

  private static RunFolder run() {
    return new RunFolder(folder.resolve("undisturbed"));
  }

  private static SmallDisk mount(long bytes) {
    try {
      return SmallDisk.mount(folder.resolve("disk"), bytes);
    } catch (IOException e) {
      System.out.println("FullDiskTest is skipped: " + e.getMessage());
      return abort(e.getMessage());
    }
  }

  private static int train(RunFolder run) {
    return FusionTrainer.commandLine(new StopSignal())
        .execute(
            "train",
            folder.resolve("training.yaml").toString(),
            "--data=" + folder,
            "--output=" + run.path());
  }
}
