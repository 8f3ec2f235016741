package training.fusion.trainer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import training.fusion.api.run.Metrics;
import training.fusion.api.run.ProgressReport;
import training.fusion.api.run.RunPhase;
import training.fusion.console.ProgressRow;

@DisplayName("The trainer's own row")
class RunConsoleTest {
  @Test
  @DisplayName("tells what a report says, as the launcher's does")
  void report() {
    var metrics = new Metrics(Metrics.Split.VALIDATION, 1, 0.62, 1.0512, 0.6, null);
    var report =
        new ProgressReport(
            1,
            4,
            2,
            3,
            200,
            375,
            95.24,
            65L,
            metrics,
            metrics,
            null,
            null,
            null,
            null,
            RunPhase.SAVING);
    assertThat(RunConsole.row("small", report, Duration.ofSeconds(65)))
        .isEqualTo(
            new ProgressRow(
                "small", "Running", "Saving", 53, "2/3", "95", "1m05s", "0.6200", "1.0512",
                "0.6000"));
  }

  @Test
  @DisplayName("is loading before the first report")
  void loading() {
    assertThat(RunConsole.row("small", null, Duration.ZERO).phase()).isEqualTo("Loading");
  }
}
