package training.fusion.trainer.tracking;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import training.fusion.api.run.RunResultBuilder;
import training.fusion.trainer.checkpoint.RunState;
import training.fusion.trainer.checkpoint.StepPoint;
import training.fusion.trainer.runs.WrittenRun;

@DisplayName("A run's page")
class PageTrackerTest {
  @SuppressWarnings("NullAway.Init") // JUnit sets it
  @TempDir
  private Path folder;

  /** Each time that the tracker looks at its clock, so much has passed. */
  private long ticks;

  private long now;
  private RunState state = RunState.initial();

  @BeforeEach
  void begin() throws IOException {
    WrittenRun.configured(folder, "small", "key", "Adam").begun("2026-01-01T10:00:00Z").trained(0);
  }

  @Test
  @DisplayName("is there before the first step, then every twenty seconds with what was trained")
  void refreshed() throws IOException {
    PageTracker tracker = tracker();
    tracker.begun(state);
    assertThat(page()).contains("Training</span>", "step 0").doesNotContain("Step by step");
    assertThat(folder.resolve("steps.csv")).content().hasLineCount(1);

    step(tracker, 19);
    assertThat(page()).contains("step 0");

    step(tracker, 1);
    assertThat(page()).contains("step 2", "Step by step", "Loss, step by step, over 2 steps");
    assertThat(folder.resolve("steps.csv")).content().hasLineCount(3);

    step(tracker, 19);
    assertThat(page()).contains("step 2");
  }

  @Test
  @DisplayName("is written the more seldom, the longer that takes")
  void seldom() throws IOException {
    PageTracker tracker = tracker();
    ticks = Duration.ofSeconds(1).toNanos(); // between the begin and the end of writing
    tracker.begun(state);
    ticks = 0;
    step(tracker, 199);
    assertThat(page()).contains("step 0");
    step(tracker, 1);
    assertThat(page()).contains("step 2");
  }

  @Test
  @DisplayName("has the last step when the run ends in the middle of an epoch")
  void ended() throws IOException {
    PageTracker tracker = tracker();
    tracker.begun(state);
    step(tracker, 1);
    WrittenRun run = new WrittenRun(folder, "small", "key").failed("Diverged", 1);
    tracker.ended(RunResultBuilder.builder().contractVersion(1).runKey(run.key()).build());
    assertThat(page()).contains("Failed: Diverged", "step 1", "No epoch was evaluated");
    assertThat(folder.resolve("steps.csv")).content().hasLineCount(2);
  }

  @Test
  @DisplayName("says that it goes on, whatever the attempt before has come to")
  void goesOn() throws IOException {
    new WrittenRun(folder, "small", "key").failed("Terminated", 5);
    tracker().begun(state);
    assertThat(page()).contains("Training</span>").doesNotContain("as in a test");
  }

  private PageTracker tracker() {
    return new PageTracker(folder, List.of("all"), true, () -> now += ticks);
  }

  /** A step is made, so many seconds after the one before. */
  private void step(PageTracker tracker, int seconds) throws IOException {
    now += Duration.ofSeconds(seconds).toNanos();
    long step = state.step() + 1;
    var level = new StepPoint.Level(0.1, 2, null);
    state =
        state
            .stepped(8, 4, 8, new RunState.Lap(1, 0))
            .drawn(new StepPoint(step, 1, 1, 1, List.of(level), null, 1, 0, null));
    tracker.moved(state);
  }

  private String page() throws IOException {
    return Files.readString(folder.resolve("report.html"));
  }
}
