package training.fusion.trainer.runs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import training.fusion.console.NewestRun;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.checkpoint.RunLock;
import training.fusion.trainer.runs.RunSummary.State;

@DisplayName("The runs on this machine")
class RunFinderTest {
  @SuppressWarnings("NullAway.Init") // JUnit sets it
  @TempDir
  private Path folder;

  @SuppressWarnings("NullAway.Init") // set before each test
  private Path output;

  @BeforeEach
  void output() {
    output = folder.resolve("output");
  }

  @Test
  @DisplayName("are listed with how they stand, the newest first, those that never began last")
  void listed() throws IOException {
    run("runs/small-aaaa11", "small", "aaaa11")
        .begun("2026-01-01T10:00:00Z")
        .trained(3)
        .succeeded();
    run("volumes/checkpoints/bbbb22", "small", "bbbb22").begun("2026-01-02T10:00:00Z").trained(1);
    run("volumes/checkpoints/cccc33", "large", "cccc33")
        .begun("2026-01-03T10:00:00Z")
        .trained(2)
        .failed("Terminated", 20);
    run("volumes/checkpoints/dddd44", "large", "dddd44").failed("BadData", 0);

    assertThat(new RunFinder(output).all())
        .extracting(RunSummary::name, RunSummary::runKey, RunSummary::state, RunSummary::epochs)
        .containsExactly(
            tuple("large", "cccc33", State.Stopped, 2),
            tuple("small", "bbbb22", State.Interrupted, 1),
            tuple("small", "aaaa11", State.Succeeded, 3),
            tuple("large", "dddd44", State.Failed, 0));
    assertThat(new RunFinder(output).all())
        .extracting(RunSummary::figures)
        .containsExactly(
            new RunSummary.Figures("validation", 0.2, 1.25, 0.5),
            new RunSummary.Figures("validation", 0.1, 1.25, 0.5),
            new RunSummary.Figures("test", 0.75, 0.5, 0.625),
            null);
  }

  @Test
  @DisplayName("are training while a process holds their lock")
  void training() throws IOException {
    WrittenRun run = run("runs/a", "a", "aaaa11").begun("2026-01-01T10:00:00Z").trained(1);
    try (RunLock lock = RunLock.take(run.folder(), "pod")) {
      assertThat(lock).isNotNull();
      assertThat(new RunFinder(output).all().get(0).state()).isEqualTo(State.Training);
    }
    assertThat(new RunFinder(output).all().get(0).state()).isEqualTo(State.Interrupted);
  }

  @Test
  @DisplayName("are found by folder, by name, which is the newest of it, and by key")
  void found() throws IOException {
    Path first = run("runs/a", "small", "aaaa11").begun("2026-01-01T10:00:00Z").folder();
    Path second = run("runs/b", "small", "aabb22").begun("2026-01-02T10:00:00Z").folder();
    var finder = new RunFinder(output);
    assertThat(finder.find(first)).isEqualTo(first);
    assertThat(finder.find(Path.of("small"))).isEqualTo(second);
    assertThat(finder.find(Path.of("aaaa11"))).isEqualTo(first);
    assertThat(finder.find(Path.of("aabb"))).isEqualTo(second);
    NewestRun.link(output, "small", first);
    assertThat(finder.find(Path.of("small"))).isEqualTo(output.resolve("small"));
  }

  @Test
  @DisplayName("are found on another disk, beside the one that a link leads to")
  void elsewhere() throws IOException {
    Path disk = folder.resolve("disk");
    WrittenRun.configured(disk.resolve("one"), "far", "eeee55", "Adam");
    Path other = WrittenRun.configured(disk.resolve("two"), "far", "ffff66", "Adam").folder();
    Files.createDirectories(output);
    NewestRun.link(output, "far", disk.resolve("one"));
    assertThat(new RunFinder(output).find(Path.of("ffff66")).toRealPath())
        .isEqualTo(other.toRealPath());
  }

  @Test
  @DisplayName("that are not there are refused with those that are")
  void missing() throws IOException {
    assertThatThrownBy(() -> new RunFinder(output).find(Path.of("quick")))
        .isInstanceOf(TrainingFailure.class)
        .hasMessage(
            "quick is no folder, and in %s no run's name or key; there are no runs", output);
    run("runs/a", "small", "aaaa11");
    run("runs/b", "small", "aaaa22");
    assertThatThrownBy(() -> new RunFinder(output).find(Path.of("quick")))
        .hasMessageEndingWith("there are runs of small; ./fusion runs lists them");
    assertThatThrownBy(() -> new RunFinder(output).find(Path.of("aaaa")))
        .hasMessageContaining("begins the keys of 2 runs: aaaa");
  }

  private WrittenRun run(String place, String name, String key) throws IOException {
    return WrittenRun.configured(output.resolve(place), name, key, "Adam");
  }
}
