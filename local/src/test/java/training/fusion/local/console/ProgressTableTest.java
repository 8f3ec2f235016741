package training.fusion.local.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import training.fusion.api.resource.FusionTraining;

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
          imagesPerSecond: 95.24
          estimatedCompletionTime: "2026-01-01T00:01:05Z"
        metrics: {split: Validation, epoch: 1, accuracy: 0.62, loss: 1.0512, f1: 0.6}
      """;
  private final ByteArrayOutputStream written = new ByteArrayOutputStream();

  @Test
  @DisplayName("A terminal shows a table with bar, epoch, speed, time left and metrics")
  void table() {
    new ProgressTable(terminal(true, false, 120)).show(List.of(training(RUNNING)), NOW);
    assertThat(plain().lines().toList().get(1))
        .contains("quickstart  Running    ████████░░░░░░░░  53%    2/3        95   1m05s")
        .endsWith("0.6200  1.0512  0.6000");
  }

  @Test
  @DisplayName("The table is written over in place, and no line is as wide as the terminal")
  void narrow() {
    var progress = new ProgressTable(terminal(true, false, 60));
    progress.show(List.of(training(RUNNING)), NOW);
    progress.show(List.of(training(RUNNING)), NOW);
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
    new ProgressTable(terminal(true, false, 120)).show(trainings, NOW);
    List<String> lines = plain().lines().toList();
    assertThat(lines).hasSize(23); // of 24: the cursor rests on the last
    assertThat(lines.get(1)).startsWith("t10 ");
    assertThat(lines.get(22)).isEqualTo("and 9 more: 9 Succeeded");
  }

  @Test
  @DisplayName("Elsewhere there is a plain line for each change, and none without one")
  void lines() {
    var progress = new ProgressTable(terminal(false, false, 100));
    progress.show(List.of(training(RUNNING)), NOW);
    progress.show(List.of(training(RUNNING)), NOW.plusSeconds(1));
    assertThat(text())
        .isEqualTo(
            "quickstart: Running, epoch 2/3, 53%, images/s 95, ETA 1m05s, accuracy 0.6200, loss 1.0512, f1 0.6000\n");
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
    assertThat(Terminal.of(false, Map.of("COLUMNS", "132")).width()).isEqualTo(132);
    assertThat(Terminal.of(false, Map.of("COLUMNS", "wide")).width()).isEqualTo(100);
  }

  private Terminal terminal(boolean live, boolean colour, int width) {
    return new Terminal(
        new PrintStream(written, true, StandardCharsets.UTF_8), live, colour, width, 24);
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
