package training.fusion.local.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import training.fusion.api.resource.FusionTraining;
import training.fusion.api.resource.sweep.FusionSweep;
import training.fusion.console.ProgressRow;
import training.fusion.console.ProgressTable;
import training.fusion.console.Terminal;

@DisplayName("What a person sees of a run")
class ProgressTableTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final String RUNNING =
      """
      metadata: {name: quickstart}
      status:
        state: Running
        progress:
          epoch: 2
          epochs: 3
          step: 200
          steps: 375
          percent: 53
          phase: Evaluating
          imagesPerSecond: 95.24
          estimatedCompletionTime: "2026-01-01T00:01:05Z"
        metrics: {split: Validation, epoch: 1, accuracy: 0.62, loss: 1.0512, f1: 0.6}
      """;
  private final ByteArrayOutputStream written = new ByteArrayOutputStream();

  @Test
  @DisplayName("A terminal shows a table with bar, epoch, speed, time left and metrics")
  void table() {
    new ProgressTable(terminal(true, false, 120)).show(rows(training(RUNNING)), NOW);
    assertThat(plain().lines().toList().get(1))
        .contains("quickstart  Evaluating  ████████░░░░░░░░  53%      2/3        95   1m05s")
        .endsWith("0.6200  1.0512  0.6000");
  }

  @ParameterizedTest(name = "{0} columns: {1}")
  @DisplayName("A narrow terminal has fewer columns, never the end of a line cut off")
  @CsvSource({
    "120, NAME STATE PROGRESS EPOCH IMAGES/S ETA ACCURACY LOSS F1",
    "90, NAME STATE PROGRESS EPOCH ETA ACCURACY LOSS F1",
    "80, NAME STATE PROGRESS EPOCH ETA ACCURACY",
    "60, NAME STATE DONE EPOCH ETA ACCURACY",
    "40, NAME STATE DONE ETA",
  })
  void columns(int width, String headings) {
    new ProgressTable(terminal(true, false, width)).show(rows(training(RUNNING)), NOW);
    assertThat(plain().lines().findFirst().orElse("").strip().split(" +", -1))
        .containsExactly(headings.split(" ", -1));
    assertThat(plain().lines()).allMatch(line -> line.length() < width);
  }

  @Test
  @DisplayName("Once the terminal is narrower, the lines that it has wrapped are written over")
  void resized() {
    var progress = new ProgressTable(terminal(true, false, 120));
    progress.show(rows(training(RUNNING)), NOW);
    progress.resize(new Terminal.Size(50, 24));
    progress.show(rows(training(RUNNING)), NOW);
    assertThat(text()).containsOnlyOnce("\u001b[4A\u001b[J"); // two lines of 98 letters each
  }

  @Test
  @DisplayName("A trainer that has not reported yet loads data and weights")
  void loading() {
    new ProgressTable(terminal(false, false, 100))
        .show(rows(training("metadata: {name: a}\nstatus: {state: Running}")), NOW);
    assertThat(text()).isEqualTo("a: Loading\n");
  }

  @Test
  @DisplayName(
      "A sweep is told with its trials by strategy and seed, how many have ended, and when all"
          + " will")
  void sweep() {
    FusionSweep sweep =
        Serialization.unmarshal(
            """
            metadata: {name: table, uid: u}
            spec: {parallelism: 1}
            status: {state: Running, trials: {total: 4, pending: 2, running: 1, succeeded: 1, failed: 0}}
            """,
            FusionSweep.class);
    String trial =
        """
        metadata:
          name: table-%s
          annotations: {fusion.training/arm: efficientnet, fusion.training/dataset: fashion}
          ownerReferences: [{kind: FusionSweep, apiVersion: fusion.training/v1alpha1, name: table, uid: u}]
        spec:
          model: {architecture: EfficientNetV2-S}
          optimization: {single: {optimizer: {type: Adam}}}
          training: {seed: %s}
        status: %s
        """;
    List<ProgressRow> rows =
        TrainingRows.of(
            List.of(
                training(
                    trial.formatted(
                        "b",
                        2,
                        "{state: Running, progress: {epoch: 1, epochs: 2, percent: 50, phase:"
                            + " Saving, estimatedCompletionTime: '2026-01-01T00:00:30Z'}}")),
                training(
                    trial.formatted(
                        "a",
                        1,
                        "{state: Succeeded, startTime: '2026-01-01T00:00:00Z', completionTime:"
                            + " '2026-01-01T00:01:00Z'}"))),
            List.of(sweep),
            NOW);
    assertThat(rows)
        .extracting(
            ProgressRow::name, ProgressRow::phase, ProgressRow::epoch, ProgressRow::remaining)
        .containsExactly(
            // two trials of a minute each, after half a minute
            tuple("table", "Running", "1 of 4", "2m30s"),
            tuple("  seed 1: Adam for all blocks", "Succeeded", "–", "–"),
            tuple("  seed 2: Adam for all blocks", "Saving", "1/2", "30s"));
    assertThat(rows.get(0).percent()).isEqualTo(37);
  }

  @Test
  @DisplayName("Trials of several networks, or of several sweeps, are told by these, too")
  void cells() {
    String sweep = "metadata: {name: %s, uid: %s}\nspec: {parallelism: 1}\n";
    String trial =
        """
        metadata:
          name: %1$s-%2$s
          annotations: {fusion.training/arm: %2$s, fusion.training/dataset: fashion}
          ownerReferences: [{kind: FusionSweep, apiVersion: fusion.training/v1alpha1, name: %1$s, uid: %1$s}]
        spec:
          model: {architecture: EfficientNetV2-S}
          optimization: {single: {optimizer: {type: Adam}}}
          training: {seed: 1}
        """;
    List<FusionTraining> trials =
        Stream.of("one", "two")
            .flatMap(of -> Stream.of("large", "small").map(arm -> trial.formatted(of, arm)))
            .map(ProgressTableTest::training)
            .toList();
    List<FusionSweep> sweeps =
        Stream.of("one", "two")
            .map(name -> Serialization.unmarshal(sweep.formatted(name, name), FusionSweep.class))
            .toList();
    assertThat(TrainingRows.of(trials, sweeps.subList(0, 1), NOW))
        .extracting(ProgressRow::name)
        .startsWith(
            "one",
            "  large fashion, seed 1: Adam for all blocks",
            "  small fashion, seed 1: Adam for all blocks");
    assertThat(TrainingRows.of(trials, sweeps, NOW))
        .extracting(ProgressRow::name)
        .doesNotHaveDuplicates();
  }

  @Test
  @DisplayName("The table is written over in place, and no line is as wide as the terminal")
  void narrow() {
    var progress = new ProgressTable(terminal(true, false, 60));
    progress.show(rows(training(RUNNING)), NOW);
    progress.show(rows(training(RUNNING)), NOW);
    assertThat(text()).containsOnlyOnce("\u001b[2A\u001b[J");
    assertThat(plain().lines()).allMatch(line -> line.length() < 60);
  }

  @Test
  @DisplayName(
      "Of more trainings than the terminal has lines those that run are shown, the rest counted")
  void many() {
    var trainings = new ArrayList<FusionTraining>();
    for (int i = 0; i < 30; i++) {
      String state = i < 10 ? "Succeeded" : i < 12 ? "Running" : "Pending";
      trainings.add(training("metadata: {name: t%02d}\nstatus: {state: %s}".formatted(i, state)));
    }
    new ProgressTable(terminal(true, false, 120))
        .show(TrainingRows.of(trainings, List.of(), NOW), NOW);
    List<String> lines = plain().lines().toList();
    assertThat(lines).hasSize(23); // of 24: the cursor rests on the last
    assertThat(lines.get(1)).startsWith("t10 ");
    assertThat(lines.get(22)).isEqualTo("and 9 more: 9 Succeeded");
  }

  @Test
  @DisplayName("Elsewhere there is a plain line for each change, and none without one")
  void lines() {
    var progress = new ProgressTable(terminal(false, false, 100));
    progress.show(rows(training(RUNNING)), NOW);
    progress.show(rows(training(RUNNING)), NOW.plusSeconds(1));
    assertThat(text())
        .isEqualTo(
            "quickstart: Evaluating, epoch 2/3, 53%, images/s 95, ETA 1m05s, accuracy 0.6200, loss"
                + " 1.0512, f1 0.6000\n");
  }

  @Test
  @DisplayName("NO_COLOR and terminals that can't move the cursor are respected")
  void environment() {
    assertThat(Terminal.of(true, Map.of("FUSION_TERMINAL", "12", "TERM", "xterm")).colour())
        .isTrue();
    assertThat(
            Terminal.of(true, Map.of("FUSION_TERMINAL", "2", "TERM", "xterm", "NO_COLOR", "1"))
                .colour())
        .isFalse();
    assertThat(Terminal.of(true, Map.of("FUSION_TERMINAL", "1", "TERM", "xterm")).live()).isFalse();
    assertThat(Terminal.of(false, Map.of("FUSION_TERMINAL", "1", "TERM", "dumb")).live()).isFalse();
    assertThat(Terminal.of(false, Map.of("COLUMNS", "132")).size().width()).isEqualTo(132);
    assertThat(Terminal.of(false, Map.of("COLUMNS", "wide")).size().width()).isEqualTo(100);
  }

  private static List<ProgressRow> rows(FusionTraining training) {
    return TrainingRows.of(List.of(training), List.of(), NOW);
  }

  private Terminal terminal(boolean live, boolean colour, int width) {
    return new Terminal(
        new PrintStream(written, true, StandardCharsets.UTF_8),
        live,
        colour,
        new Terminal.Size(width, 24));
  }

  private String plain() {
    return text().replaceAll("\u001b\\[[0-9;]*[A-Za-z]|\r", "");
  }

  private String text() {
    return written.toString(StandardCharsets.UTF_8);
  }

  private static FusionTraining training(String yaml) {
    return Serialization.unmarshal(yaml, FusionTraining.class);
  }
}
