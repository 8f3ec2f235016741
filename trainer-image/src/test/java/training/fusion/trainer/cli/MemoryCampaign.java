package training.fusion.trainer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import training.fusion.trainer.data.IdxFiles;
import training.fusion.trainer.train.StopSignal;

/**
 * Whether the process grows while it trains: by hand, with {@code -Dcampaign.steps=2000
 * -Dtest=MemoryCampaign}. Linux only; prints the resident memory on the way.
 */
@EnabledIfSystemProperty(named = "campaign.steps", matches = "[0-9]+")
class MemoryCampaign {
  private static final int STEPS = Integer.getInteger("campaign.steps", 0);
  private static final long BYTES_PER_STEP = 5 * 1024;

  private static final String TRAINING =
      """
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

  @ParameterizedTest
  @ValueSource(strings = {"EfficientNetV2-S", "ViT-B-16"})
  void residentMemoryDoesNotGrowWithTheSteps(String architecture, @TempDir Path folder)
      throws IOException, InterruptedException, ExecutionException {
    int images = (int) Math.ceil(2 * STEPS / 0.99) + 3;
    Path data = Files.createDirectories(folder.resolve("data"));
    IdxFiles.write(data, "t10k", IdxFiles.images(images, 28, 28), IdxFiles.cyclicLabels(images, 3));
    Path file =
        Files.writeString(folder.resolve("training.yaml"), TRAINING.formatted(architecture));
    Path output = folder.resolve("out");
    var training =
        CompletableFuture.supplyAsync(
            () ->
                FusionTrainer.commandLine(new StopSignal())
                    .execute("train", file.toString(), "--data=" + data, "--output=" + output));
    List<Sample> samples = new ArrayList<>();
    while (!training.isDone()) {
      long step = lastStep(output.resolve("steps.log"));
      if (step >= STEPS / 4
          && step < STEPS
          && (samples.isEmpty() || samples.get(samples.size() - 1).step() < step)) {
        samples.add(new Sample(step, residentBytes()));
      }
      await(training);
    }
    assertThat(training.get()).isZero();
    assertThat(samples).hasSizeGreaterThan(10);
    for (int i = 0; i < samples.size(); i += Math.max(1, samples.size() / 12)) {
      System.out.printf("%s: %s%n", architecture, samples.get(i));
    }
    double slope = slope(samples);
    Sample first = samples.get(0);
    Sample last = samples.get(samples.size() - 1);
    System.out.printf(
        "%s: steps %d-%d: %.0f bytes a step by least squares, %d in all%n",
        architecture, first.step(), last.step(), slope, last.bytes() - first.bytes());
    assertThat(slope).isLessThanOrEqualTo(BYTES_PER_STEP);
  }

  private static void await(CompletableFuture<Integer> training)
      throws InterruptedException, ExecutionException {
    try {
      training.get(500, TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      return; // it trains on
    }
  }

  private static long lastStep(Path ledger) throws IOException {
    if (!Files.exists(ledger)) {
      return 0;
    }
    return Files.readAllLines(ledger).stream()
        .filter(line -> line.contains(" steps "))
        .mapToLong(line -> Long.parseLong(line.replaceAll(".*-", "")))
        .max()
        .orElse(0);
  }

  private static long residentBytes() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("[^0-9]", "")))
        .findFirst()
        .orElseThrow();
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
