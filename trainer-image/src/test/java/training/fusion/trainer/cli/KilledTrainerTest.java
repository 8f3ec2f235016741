package training.fusion.trainer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import training.fusion.trainer.checkpoint.Durable;
import training.fusion.trainer.format.IdxFiles;
import training.fusion.trainer.format.TensorFileWriter;

/**
 * The trainer's process killed at random moments and started again. The campaign, by hand, does it
 * with all networks and all strategies, or those whose YAML has a text: {@code mvn test -pl
 * trainer-image -am -Dtest=KilledTrainerTest -Dcampaign.rounds=4 -Dcampaign.seed=1
 * -Dcampaign.strategy=swats -Dcampaign.network=ViT}; a line is printed for each round.
 */
@Tag("process")
@DisabledOnOs(OS.WINDOWS)
@DisplayName("A trainer that is killed")
class KilledTrainerTest {
  private static final boolean CAMPAIGN = System.getProperty("campaign.rounds") != null;
  private static final int ROUNDS = Integer.getInteger("campaign.rounds", 1);
  private static final long SEED = Long.getLong("campaign.seed", 1);
  private static final String STRATEGY = System.getProperty("campaign.strategy", "");
  private static final String NETWORK = System.getProperty("campaign.network", "");
  private static final int EPOCHS = 4;
  private static final int STEPS_PER_EPOCH = 6;
  private static final int BATCH = 4;
  private static final int STEPS = EPOCHS * STEPS_PER_EPOCH;

  private static final List<String> STRATEGIES =
      List.of(
          "fusion: {lowLevel: {lastBlock: 5, optimizer: {type: Adam, learningRate: 1e-3}}, highLevel: {optimizer: {type: SGD, learningRate: 2e-2, momentum: 0.9}}}",
          "fusion: {lowLevel: {lastBlock: 3, optimizer: {type: RAdam}, maxGradNorm: 1}, highLevel: {optimizer: {type: NAdam}, schedule: {type: Step, everyEpochs: 1}}}",
          "single: {optimizer: {type: AdamW, learningRate: 1e-4}}",
          // so small because SGD's rate follows from it: 1e-3 lets a ViT diverge after the switch
          "swats: {learningRate: 1e-6, relativeTolerance: 0.99, minimumSteps: 2}",
          "mas: {learningRate: 1e-3}");

  private static final String TRAINING =
      """
      apiVersion: fusion.training/v1alpha1
      kind: FusionTraining
      metadata: {name: killed}
      spec:
        model: {%s}
        dataset:
          source: {persistentVolumeClaim: {claimName: data}}
          split: {validation: 0.1, test: 0.1, seed: 0}
          %s
        optimization:
          %s
        training: {epochs: %d, batchSize: %d, imageSize: 32, seed: 1}
        pod: {gpu: {count: 0}}
      """;

  /** Has dropout, batch norms, a shared weight, and eight blocks as the strategies need them. */
  private static final Path MODULE = Path.of("src/test/resources/modules/dropping.pt");

  private static final List<Network> NETWORKS =
      List.of(
          Network.known("EfficientNetV2-S"),
          new Network(
              "module",
              "module: {source: {persistentVolumeClaim: {claimName: nets}}, blocks: [[scale], [features.0], [features.1], [features.3], [features.4], [mix], [gains], [head]]}",
              "format: Tensors",
              List.of("--weights=" + MODULE)),
          Network.known("ViT-B-16"));

  /**
   * What is trained.
   *
   * @param name as a round tells it
   * @param model of the spec
   * @param data of the spec's data set, apart from source and split
   * @param options of the trainer's line
   */
  private record Network(String name, String model, String data, List<String> options) {
    static Network known(String name) {
      return new Network(
          name,
          "architecture: %s, dropout: 0.1".formatted(name),
          "format: IDX\n    resize: {mode: Pad}",
          List.of());
    }

    @Override
    public String toString() {
      return name;
    }
  }

  @SuppressWarnings("NullAway.Init") // JUnit sets it
  @TempDir
  private Path folder;

  @SuppressWarnings("NullAway.Init") // set before each test
  private Path file;

  private List<String> options = List.of();

  private Random random = new Random();

  @BeforeEach
  void data() throws IOException {
    file = folder.resolve("training.yaml");
    Path data = Files.createDirectory(folder.resolve("data"));
    IdxFiles.write(data, "t10k", IdxFiles.images(30, 28, 28), IdxFiles.cyclicLabels(30, 3));
    float[] values = new float[30 * 3 * 32 * 32];
    for (int i = 0; i < values.length; i++) {
      values[i] = i % 13 * 0.1f;
    }
    TensorFileWriter.write(
        data.resolve("all.safetensors"),
        TensorFileWriter.floats("x", List.of(30L, 3L, 32L, 32L), values),
        TensorFileWriter.labels(30, 5));
  }

  static Stream<Arguments> trainings() {
    return NETWORKS.stream()
        .filter(network -> network.name().contains(NETWORK))
        .limit(CAMPAIGN ? Long.MAX_VALUE : 2)
        .flatMap(
            network ->
                STRATEGIES.stream()
                    .filter(strategy -> strategy.contains(STRATEGY))
                    .limit(CAMPAIGN ? Long.MAX_VALUE : 1)
                    .map(strategy -> Arguments.of(network, strategy)));
  }

  @ParameterizedTest(name = "{0}, {1}")
  @MethodSource("trainings")
  @Timeout(value = 1, unit = TimeUnit.HOURS)
  @DisplayName("goes on from its newest whole checkpoint and ends as one that was not")
  void endsAsUndisturbed(Network network, String strategy)
      throws IOException, InterruptedException {
    Files.writeString(
        file, TRAINING.formatted(network.model(), network.data(), strategy, EPOCHS, BATCH));
    options = network.options();
    random = new Random(SEED + 31L * (network.name() + strategy).hashCode());
    var undisturbed = new RunFolder(folder.resolve("undisturbed"));
    assertEndsWell(start(undisturbed), undisturbed);
    for (int round = 0; round < ROUNDS; round++) {
      var run = new RunFolder(folder.resolve("round-" + round));
      Killing killing = draw(round, undisturbed);
      killed(run, killing);
      int told = run.lastStep();
      List<String> unfinished = run.unfinished();
      Path damaged = round % 2 == 0 && !run.checkpoints().isEmpty() ? flipABit(run) : null;

      TrainerProcess resumed = start(run);
      assertEndsWell(resumed, run);

      if (damaged == null) {
        assertThat(resumed.said()).doesNotContain("damaged");
      } else {
        assertThat(resumed.said()).contains(damaged.getName(0) + " is damaged and passed over: ");
      }
      run.mustEqual(undisturbed);
      System.out.printf(
          "%s, %s: killed %s, step %d told, unfinished %s; damaged: %s; goes on after step %d; ends as undisturbed%n",
          network, strategy, killing, told, unfinished, damaged, run.lastStart());
      Durable.delete(run.path());
    }
  }

  /** Half of them while a checkpoint is being written; the first of those is a late one. */
  private Killing draw(int round, RunFolder undisturbed) throws IOException {
    if (round % 4 == 0 || round % 4 == 3) {
      int epoch = round == 0 ? EPOCHS - 1 : 1 + random.nextInt(EPOCHS);
      return new Killing.InCheckpoint(
          "checkpoint-%d-%d".formatted(epoch, epoch * STEPS_PER_EPOCH),
          random.nextLong(Killing.size(undisturbed.newestCheckpoint())));
    }
    double seconds = BATCH / undisturbed.result().get("imagesPerSecond").asDouble();
    return new Killing.AtStep(1 + random.nextInt(STEPS), STEPS_PER_EPOCH, seconds);
  }

  /** Trains until the moment; again from the start if the trainer had ended before the signal. */
  private void killed(RunFolder run, Killing killing) throws IOException, InterruptedException {
    boolean killed = false;
    while (!killed) {
      Durable.delete(run.path());
      try (TrainerProcess trainer = start(run)) {
        killing.await(trainer, run);
        killed = trainer.kill();
        assertThat(killed || trainer.exitCode() == 0).as(trainer.said()).isTrue();
      }
    }
  }

  /** Damages the newest checkpoint; returns the file, within the run's folder. */
  private Path flipABit(RunFolder run) throws IOException {
    List<String> files = List.of("model.safetensors", "optimizer.safetensors", "manifest.json");
    Path file = run.newestCheckpoint().resolve(files.get(random.nextInt(files.size())));
    try (var bytes = new RandomAccessFile(file.toFile(), "rw")) {
      long place = random.nextLong(bytes.length());
      bytes.seek(place);
      int before = bytes.read();
      bytes.seek(place);
      bytes.write(before ^ 1 << random.nextInt(8));
    }
    return run.path().relativize(file);
  }

  private TrainerProcess start(RunFolder run) throws IOException {
    List<String> line = new ArrayList<>(List.of("train", file.toString()));
    line.addAll(List.of("--data=" + folder.resolve("data"), "--output=" + run.path()));
    line.addAll(options);
    return TrainerProcess.start(
        folder.resolve(run.path().getFileName() + ".log"), line.toArray(String[]::new));
  }

  /** To the end, with each step counted once. */
  private static void assertEndsWell(TrainerProcess trainer, RunFolder run)
      throws IOException, InterruptedException {
    assertThat(trainer.exitCode()).as(trainer.said()).isZero();
    assertThat(run.countedSteps())
        .containsExactlyElementsOf(IntStream.rangeClosed(1, STEPS).boxed().toList());
    assertThat(run.result().get("step").asInt()).isEqualTo(STEPS);
  }
}
