package training.fusion.trainer.tracking;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import training.fusion.api.run.Metrics;
import training.fusion.api.run.RunConfiguration;
import training.fusion.trainer.checkpoint.RunState;
import training.fusion.trainer.checkpoint.StepCurve;
import training.fusion.trainer.optim.GroupStep;
import training.fusion.trainer.optim.StepOutcome;
import training.fusion.trainer.tracking.EventFiles.Loader;
import training.fusion.trainer.tracking.EventFiles.Point;

/**
 * Runs of several attempts. Read back here by the rules of TensorBoard's two loaders, and by
 * TensorBoard's own server where the Python in FUSION_PYTHON, or python3, has it; the binary data
 * server where that has tensorboard_data_server.
 */
@Tag("process")
@DisplayName("TensorBoard's event files")
class TensorBoardTrackerTest {
  private static final String CONFIGURATION =
      """
      {"contractVersion": 1, "name": "small", "runKey": "k", "gpuCount": 0,
       "model": {"architecture": "EfficientNetV2-S"},
       "dataset": {"format": "IDX", "source": {"persistentVolumeClaim": {"claimName": "data"}}},
       "optimization": {"single": {"optimizer": {"type": "SGD"}}}, "training": {"epochs": 2}}
      """;

  private static final int STEPS = TensorBoardTracker.STEPS_PER_POINT;

  @SuppressWarnings("NullAway.Init") // JUnit sets it
  @TempDir
  private Path folder;

  /**
   * A pod's part in a run.
   *
   * @param from step of the checkpoint that it goes on from
   * @param to step after which it dies
   * @param second its node's clock
   */
  record Attempt(int from, int to, long second) {}

  static Stream<Arguments> runs() {
    return Stream.of(
            List.of(new Attempt(0, 30, 1000), new Attempt(20, 40, 2000)),
            List.of(new Attempt(0, 30, 1000), new Attempt(20, 40, 1000)), // within a second
            List.of(new Attempt(0, 30, 1000), new Attempt(20, 40, 900)), // its clock is behind
            List.of(new Attempt(0, 30, 1000), new Attempt(0, 40, 2000)), // died before it saved
            List.of(new Attempt(0, 5, 1000), new Attempt(0, 40, 2000)),
            List.of(
                new Attempt(0, 50, 1000),
                new Attempt(20, 30, 2000),
                new Attempt(20, 25, 3000),
                new Attempt(10, 40, 4000)))
        .map(Arguments::of);
  }

  @ParameterizedTest
  @MethodSource("runs")
  @DisplayName("show each step once, as the last attempt trained it, by both loaders' rules")
  void eachStepOnce(List<Attempt> attempts) throws IOException {
    write(attempts);
    for (Loader loader : Loader.values()) {
      assertThat(files().points("loss/step", loader))
          .as("%s", loader)
          .containsExactlyElementsOf(expected(attempts));
    }
    assertThat(files().count("configuration")).isOne();
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("show each step once where the first is of a trainer that wrote no START")
  void afterAnEarlierTrainer(Loader loader) throws IOException {
    var first = new Attempt(0, 30, 1000);
    var second = new Attempt(20, 40, 2000);
    write(List.of(first));
    files().withoutStart();
    attempt(1, second);
    assertThat(files().points("loss/step", loader))
        .containsExactlyElementsOf(expected(List.of(first, second)));
  }

  @Test
  @DisplayName("have records with right checksums, the first of which says what they are")
  void checksums() throws IOException {
    write(List.of(new Attempt(0, 30, 1000), new Attempt(20, 40, 1000)));
    assertThat(files().files()).hasSize(2);
    for (Path file : files().files()) {
      List<byte[]> records = EventFiles.records(file);
      assertThat(records).hasSizeGreaterThan(5);
      assertThat(new String(records.get(0), StandardCharsets.ISO_8859_1)).contains("brain.Event:2");
    }
  }

  static Stream<Arguments> runsAndLoaders() {
    return runs()
        .flatMap(run -> Stream.of(Loader.values()).map(l -> Arguments.of(run.get()[0], l)));
  }

  @ParameterizedTest
  @MethodSource("runsAndLoaders")
  @DisplayName("show each step once in TensorBoard's own server")
  void server(List<Attempt> attempts, Loader loader) throws Exception {
    Python.assumeHas("tensorboard");
    if (loader == Loader.BINARY) {
      Python.assumeHas("tensorboard_data_server");
    }
    write(attempts);

    JsonNode read =
        new ObjectMapper()
            .readTree(
                Python.runFile(
                    "tensorboard_server.py",
                    files().folder().toString(),
                    loader == Loader.BINARY ? "binary" : "python",
                    "loss/step",
                    "gradient_norm/all",
                    "f1/validation",
                    "epoch"));

    List<Point> losses = new ArrayList<>();
    read.at("/scalars")
        .get("loss/step")
        .forEach(point -> losses.add(new Point(point.get(0).asLong(), point.get(1).floatValue())));
    assertThat(losses).containsExactlyElementsOf(expected(attempts));
    assertThat(read.at("/scalars").get("gradient_norm/all")).hasSize(losses.size());
    assertThat(read.at("/scalars").get("f1/validation").get(0).get(1).floatValue()).isEqualTo(0.7f);
    assertThat(read.get("configuration")).hasSize(1);
    assertThat(read.get("configuration").get(0).asText()).contains("name: small");
  }

  /** The mean of each ten steps, of the last attempt that trained them. */
  private static List<Point> expected(List<Attempt> attempts) {
    var losses = new TreeMap<Integer, Integer>();
    for (int i = 0; i < attempts.size(); i++) {
      losses.tailMap(attempts.get(i).from, false).clear();
      for (int step = attempts.get(i).from + 1; step <= attempts.get(i).to; step++) {
        losses.put(step, loss(i, step));
      }
    }
    return losses.keySet().stream()
        .filter(step -> step % STEPS == 0)
        .map(
            last ->
                new Point(
                    last,
                    (float)
                        losses.subMap(last - STEPS, false, last, true).values().stream()
                            .mapToInt(Integer::intValue)
                            .average()
                            .orElseThrow()))
        .toList();
  }

  private static int loss(int attempt, int step) {
    return 1000 * attempt + step;
  }

  private EventFiles files() {
    return new EventFiles(folder.resolve("tensorboard"));
  }

  private void write(List<Attempt> attempts) throws IOException {
    for (int i = 0; i < attempts.size(); i++) {
      TensorBoardTracker tracker = attempt(i, attempts.get(i));
      if (i == attempts.size() - 1) {
        evaluated(tracker, attempts.get(i).to);
      }
    }
  }

  private TensorBoardTracker attempt(int number, Attempt attempt) throws IOException {
    RunConfiguration run = new ObjectMapper().readValue(CONFIGURATION, RunConfiguration.class);
    var tracker =
        new TensorBoardTracker(
            run, folder, attempt.from, () -> Instant.ofEpochSecond(attempt.second));
    for (int step = attempt.from + 1; step <= attempt.to; step++) {
      var group = new GroupStep("all", 0.1, step / 2.0);
      tracker.stepped(step, new StepOutcome(loss(number, step), 1, true, List.of(group), null));
    }
    return tracker;
  }

  private static void evaluated(Tracker tracker, int step) throws IOException {
    var evaluation = new Metrics(Metrics.Split.VALIDATION, 1, 0.75, 0.5, 0.7, 0.72);
    tracker.evaluated(
        new RunState(
                0,
                step,
                step,
                new RunState.EpochSums(80, 60, 80, 4, 0),
                null,
                null,
                List.of(),
                StepCurve.NONE)
            .evaluated(
                new RunState.Evaluated(evaluation, new RunState.Best(evaluation, null)),
                null,
                List.of(0.1)));
  }
}
