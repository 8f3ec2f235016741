package training.fusion.trainer.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StepLedgerTest {
  private final Path run;
  private Instant now = Instant.parse("2026-01-01T10:00:00Z");

  StepLedgerTest(@TempDir Path run) {
    this.run = run;
  }

  @Test
  void tellsWhichPodTrainedWhichSteps() throws IOException {
    InstantSource source = () -> now;
    try (var ledger = new StepLedger(run, "pod-a", 0, source)) {
      for (int step = 1; step <= 30; step++) {
        tick(Duration.ofMillis(100));
        ledger.stepped(step);
      }
      ledger.flush();
      ledger.saved();
      ledger.stepped(31); // and then it is killed
    }
    try (var ledger = new StepLedger(run, "pod-b", 30, source)) {
      ledger.stepped(31);
      ledger.finished();
    }

    assertThat(Files.readAllLines(run.resolve("steps.log")))
        .containsExactly(
            "2026-01-01T10:00:00Z pod-a start 0",
            "2026-01-01T10:00:01Z pod-a steps 1-10",
            "2026-01-01T10:00:02Z pod-a steps 11-20",
            "2026-01-01T10:00:03Z pod-a steps 21-30",
            "2026-01-01T10:00:03Z pod-a checkpoint 30",
            "2026-01-01T10:00:03Z pod-b start 30",
            "2026-01-01T10:00:03Z pod-b steps 31-31",
            "2026-01-01T10:00:03Z pod-b finished 31");
  }

  private void tick(Duration time) {
    now = now.plus(time);
  }
}
