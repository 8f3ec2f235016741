package training.fusion.trainer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import training.fusion.trainer.format.IdxFiles;

/**
 * Whether the trainer's process, with the options that users start it with, grows while it trains:
 * by hand, with {@code -Dcampaign.steps=2000 -Dtest=MemoryCampaign}, of one architecture with
 * {@code -Dcampaign.architecture=ViT}. Linux only; prints the resident memory on the way.
 */
@EnabledIfSystemProperty(named = "campaign.steps", matches = "[0-9]+")
class MemoryCampaign {
  private static final int STEPS = Integer.getInteger("campaign.steps", 0);
  private static final int WINDOWS = 40;
  private static final long BYTES_PER_STEP = 5 * 1024;

  private static final String TRAINING =
      """
      apiVersion: fusion.training/v1alpha1
      kind: FusionTraining
      metadata: {name: memory}
      spec:
        model: {architecture: %s}
        dataset:
          format: IDX
          source: {persistentVolumeClaim: {claimName: data}}
          split: {validation: 0.005, test: 0.005, seed: 0}
          resize: {mode: Pad}
        optimization:
          fusion:
            lowLevel: {lastBlock: 5, optimizer: {type: Adam, learningRate: 1e-5}}
            highLevel: {optimizer: {type: SGD, learningRate: 1e-4}}
        training: {epochs: 1, batchSize: 2, imageSize: 32, seed: 1, select: Last}
        pod: {gpu: {count: 0}}
      """;

  private record Sample(long step, long bytes) {}

  static Stream<String> architectures() {
    return Stream.of("EfficientNetV2-S", "ViT-B-16")
        .filter(it -> it.contains(System.getProperty("campaign.architecture", "")));
  }

  @ParameterizedTest
  @MethodSource("architectures")
  void residentMemoryDoesNotGrowWithTheSteps(String architecture, @TempDir Path folder)
      throws IOException, InterruptedException {
    int images = (int) Math.ceil(2 * STEPS / 0.99) + 3;
    Path data = Files.createDirectories(folder.resolve("data"));
    IdxFiles.write(data, "t10k", IdxFiles.images(images, 28, 28), IdxFiles.cyclicLabels(images, 3));
    Path file =
        Files.writeString(folder.resolve("training.yaml"), TRAINING.formatted(architecture));
    Path output = folder.resolve("out");
    List<Sample> floors = new ArrayList<>();
    try (var trainer =
        TrainerProcess.start(
            folder.resolve("log"),
            "train",
            file.toString(),
            "--data=" + data,
            "--output=" + output)) {
      while (trainer.isAlive()) {
        long step = new RunFolder(output).lastStep();
        long bytes = trainer.residentBytes();
        if (step >= STEPS / 4 && step < STEPS && bytes > 0) {
          add(floors, new Sample(step, bytes));
        }
        LockSupport.parkNanos(50_000_000);
      }
      assertThat(trainer.exitCode()).as(trainer.said()).isZero();
    }
    assertThat(floors).hasSizeGreaterThan(WINDOWS / 2);
    floors.forEach(floor -> System.out.printf("%s: %s%n", architecture, floor));
    Sample first = floors.get(0);
    Sample last = floors.get(floors.size() - 1);
    double slope = slope(floors);
    System.out.printf(
        "%s: steps %d-%d: %.0f bytes a step by least squares, %d in all%n",
        architecture, first.step(), last.step(), slope, last.bytes() - first.bytes());
    assertThat(slope).isLessThanOrEqualTo(BYTES_PER_STEP);
  }

  /** Of all samples in a window of steps the least: gradients come and go within each step. */
  private static void add(List<Sample> floors, Sample sample) {
    int last = floors.size() - 1;
    if (last < 0 || window(floors.get(last)) < window(sample)) {
      floors.add(sample);
    } else if (sample.bytes() < floors.get(last).bytes()) {
      floors.set(last, sample);
    }
  }

  private static long window(Sample sample) {
    return sample.step() * WINDOWS / STEPS;
  }

  private static double slope(List<Sample> samples) {
    double meanStep = samples.stream().mapToLong(Sample::step).average().orElseThrow();
    double meanBytes = samples.stream().mapToLong(Sample::bytes).average().orElseThrow();
    double products = 0;
    double squares = 0;
    for (Sample sample : samples) {
      products += (sample.step() - meanStep) * (sample.bytes() - meanBytes);
      squares += (sample.step() - meanStep) * (sample.step() - meanStep);
    }
    return products / squares;
  }
}
