package training.fusion.local;

import static org.assertj.core.api.Assertions.assertThat;
import static training.fusion.local.Eventually.eventually;

import io.fabric8.kubernetes.api.model.Pod;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import training.fusion.api.resource.FusionTraining;
import training.fusion.api.resource.FusionTrainingStatus;
import training.fusion.api.resource.FusionTrainingStatus.State;

/**
 * Trainer and operator killed at random moments, many times: by hand, with {@code
 * -Dcampaign.rounds=20 -Dtest=KillCampaign}. A line is printed for each round.
 */
@DisplayName("Killed at random moments")
@EnabledIfSystemProperty(named = "campaign.rounds", matches = "[0-9]+")
@TestInstance(Lifecycle.PER_CLASS)
class KillCampaign {
  private static final int ROUNDS = Integer.getInteger("campaign.rounds", 0);
  private static final int EPOCHS = 6;
  private static final int TIMING_COLUMNS = 3;

  private final Random random = new Random(Long.getLong("campaign.seed", 1));

  @SuppressWarnings("NullAway.Init") // JUnit sets it
  @TempDir
  static Path folder;

  @SuppressWarnings("NullAway.Init") // begin sets it
  private EmbeddedCluster cluster;

  @SuppressWarnings("NullAway.Init")
  private Outcome undisturbed;

  private Duration length = Duration.ZERO;

  /** What must not depend on who was killed when. */
  private record Outcome(String sha256, String history, String optimizer) {
    void mustEqual(Outcome other) {
      assertThat(sha256).isEqualTo(other.sha256);
      assertThat(history).isEqualTo(other.history);
      assertThat(optimizer.equals(other.optimizer)).as("optimizer state").isTrue();
    }
  }

  @BeforeAll
  void undisturbed() throws IOException {
    cluster = EmbeddedCluster.start(folder);
    Instant start = Instant.now();
    create("undisturbed");
    undisturbed = outcome(ended("undisturbed"));
    length = Duration.between(start, Instant.now());
    System.out.printf("undisturbed: %s, sha256 %s%n", seconds(length), undisturbed.sha256);
  }

  @AfterAll
  void end() {
    if (cluster != null) {
      cluster.close();
    }
  }

  @Test
  @DisplayName("trainers cost nothing but time: weights, optimizer state and history are the same")
  void trainers() throws IOException {
    for (int round = 0; round < ROUNDS; round++) {
      String name = "trainer-" + round;
      create(name);
      Set<Long> killed = new HashSet<>();
      int kills = 1 + random.nextInt(2); // backoffLimit is 2
      var told = new StringBuilder();
      for (int kill = 0; kill < kills; kill++) {
        pause(Duration.ofMillis(random.nextLong(length.toMillis())));
        eventually(
            "a process of " + name + ", or its end",
            () -> process(name),
            process ->
                state(name) == State.SUCCEEDED || (process > 0 && !killed.contains(process)));
        long process = process(name);
        if (process > 0 && killed.add(process)) {
          ProcessHandle.of(process).ifPresent(ProcessHandle::destroyForcibly);
          told.append(" at step ").append(lastStep(name));
        }
      }
      FusionTrainingStatus status = ended(name);
      System.out.printf(
          "%s: killed%s; %s, restarts %s, last report of pod %s, which went on after step %s%n",
          name,
          told,
          status.state(),
          status.restarts(),
          Objects.requireNonNull(status.progress()).podUid(),
          status.progress().resumedFromStep());
      assertThat(status.state()).isEqualTo(State.SUCCEEDED);
      outcome(status).mustEqual(undisturbed);
    }
  }

  @Test
  @DisplayName("operators cost nothing: every training ends Succeeded once, no step is done twice")
  void operators() throws IOException {
    for (int round = 0; round < ROUNDS; round++) {
      String name = "operator-" + round;
      create(name);
      // some while it trains, some around its end
      double part = round % 2 == 0 ? random.nextDouble() : 0.85 + 0.25 * random.nextDouble();
      pause(Duration.ofMillis((long) (length.toMillis() * part)));
      cluster.killOperator();
      State killedIn = state(name);
      FusionTrainingStatus status = ended(name);
      List<Integer> steps = trainedSteps(status);
      System.out.printf(
          "%s: operator killed at %.0f %%, when it was %s; %s, attempt %d, restarts %s, %d pods, %d steps trained%n",
          name,
          100 * part,
          killedIn,
          status.state(),
          status.attempt(),
          status.restarts(),
          pods(name).size(),
          steps.size());
      assertThat(status.state()).isEqualTo(State.SUCCEEDED);
      assertThat(status.attempt()).isEqualTo(1);
      assertThat(pods(name)).hasSize(1);
      assertThat(steps).doesNotHaveDuplicates().hasSize(EPOCHS * 10);
      outcome(status).mustEqual(undisturbed);
    }
  }

  private void create(String name) {
    FusionTraining training = SampleTraining.of(name, EPOCHS);
    training.getMetadata().setNamespace(cluster.namespace());
    cluster.client().resource(training).create();
  }

  private FusionTraining training(String name) {
    return cluster
        .client()
        .resources(FusionTraining.class)
        .inNamespace(cluster.namespace())
        .withName(name)
        .get();
  }

  private FusionTrainingStatus status(String name) {
    return Objects.requireNonNull(training(name).getStatus());
  }

  private State state(String name) {
    return Objects.requireNonNullElse(status(name).state(), State.PENDING);
  }

  private FusionTrainingStatus ended(String name) {
    return eventually(
        "end of " + name,
        () -> status(name),
        status -> status.state() == State.SUCCEEDED || status.state() == State.FAILED);
  }

  private List<Pod> pods(String name) {
    return cluster
        .client()
        .pods()
        .inNamespace(cluster.namespace())
        .withLabel("fusion.training/training-uid", training(name).getMetadata().getUid())
        .list()
        .getItems();
  }

  /** Its trainer's process, or 0. */
  private long process(String name) {
    return cluster.processes().entrySet().stream()
        .filter(entry -> entry.getKey().startsWith(name + "-"))
        .mapToLong(entry -> entry.getValue())
        .findFirst()
        .orElse(0);
  }

  private Outcome outcome(FusionTrainingStatus status) throws IOException {
    Path run = cluster.checkpoints().resolve(Objects.requireNonNull(status.runKey()));
    var history = new StringBuilder();
    for (String line : Files.readAllLines(run.resolve("history.csv"))) {
      String[] columns = line.split(",", -1);
      history
          .append(String.join(",", Arrays.copyOf(columns, columns.length - TIMING_COLUMNS)))
          .append('\n');
    }
    try (Stream<Path> files = Files.walk(run)) {
      Path optimizer =
          files
              .filter(file -> file.endsWith("optimizer.safetensors"))
              .sorted()
              .reduce((before, after) -> after)
              .orElseThrow();
      return new Outcome(
          Objects.requireNonNull(status.model()).sha256(),
          history.toString(),
          Files.readString(optimizer, StandardCharsets.ISO_8859_1)); // a byte is a character
    }
  }

  private List<Integer> trainedSteps(FusionTrainingStatus status) throws IOException {
    Path run = cluster.checkpoints().resolve(Objects.requireNonNull(status.runKey()));
    return Files.readAllLines(run.resolve("steps.log")).stream()
        .filter(line -> line.contains(" steps "))
        .map(line -> line.replaceAll(".* steps ", "").split("-", -1))
        .flatMap(
            ends ->
                IntStream.rangeClosed(Integer.parseInt(ends[0]), Integer.parseInt(ends[1])).boxed())
        .toList();
  }

  private long lastStep(String name) {
    var progress = status(name).progress();
    return progress == null || progress.step() == null ? 0 : progress.step();
  }

  private static void pause(Duration pause) {
    LockSupport.parkNanos(pause.toNanos());
  }

  private static String seconds(Duration duration) {
    return "%.1f s".formatted(duration.toMillis() / 1000.0);
  }
}
