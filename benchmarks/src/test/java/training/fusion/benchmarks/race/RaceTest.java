package training.fusion.benchmarks.race;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

@Tag("process")
@DisabledOnOs(OS.WINDOWS)
@DisplayName("A race")
class RaceTest {
  /** Says that each round took so many seconds for ten units. */
  private static Supplier<Contestant> taking(String name, String seconds) {
    String script =
        """
        echo ready; set -- %s
        while read -r order; do
          if [ "$order" = end ]; then echo 1048576; exit; fi
          echo "$1 10"; shift
        done
        """
            .formatted(seconds);
    return () -> Program.start(name, List.of("sh", "-c", script), Map.of());
  }

  @Test
  @DisplayName("compares speeds round by round, not their medians, and does not count a first turn")
  void roundByRound() {
    var race =
        new Race(
            "Copying", "files", List.of(taking("theirs", "9 1 4 2"), taking("ours", "7 0.5 1 2")));
    Race.Result result = race.run(3);
    Standing theirs = result.standings().get(0);
    Standing ours = result.standings().get(1);
    assertThat(theirs.perSecond()).containsExactly(10.0, 2.5, 5.0);
    assertThat(ours.median()).isEqualTo(10);
    Standing.Ratio ratio = ours.against(theirs);
    assertThat(ratio.median()).isCloseTo(2, within(1e-12));
    assertThat(ratio.least()).isCloseTo(1, within(1e-12));
    assertThat(ratio.most()).isCloseTo(4, within(1e-12));
    assertThat(result.markdown())
        .contains("### Copying", "| ours | 10.00 | 2.00 (1.00–4.00) | 3 |")
        .contains("| files/s | against theirs |");
  }

  @Test
  @DisplayName("counts the work of those that work together, each by its own time")
  void together() {
    Contestant both = Together.start("both", 2, taking("one", "1 4"));
    assertThat(both.round().perSecond()).isCloseTo(20, within(1e-12));
    assertThat(both.round().perSecond()).isCloseTo(5, within(1e-12));
    assertThat(both.end()).isEqualTo(2 << 20);
  }

  @Test
  @DisplayName("has busy loops beside a contestant at its turn, and not after it")
  void busy() {
    Contestant beside = new BesideBusyLoops(counting(), 2);
    assertThat(beside.round().units()).isEqualTo(2);
    assertThat(ProcessHandle.current().children().filter(RaceTest::isBusy)).isEmpty();
    beside.end();
  }

  /** Says how many busy loops its parent has started. */
  private static Contestant counting() {
    String script =
        """
        echo ready
        while read -r order; do
          if [ "$order" = end ]; then echo 1; exit; fi
          echo 1 $(ps -o args= --ppid $PPID | grep -c 'while :; do :; done$')
        done
        """;
    return Program.start("counting", List.of("sh", "-c", script), Map.of());
  }

  private static boolean isBusy(ProcessHandle process) {
    return process.isAlive()
        && process.info().commandLine().filter(it -> it.endsWith("do :; done")).isPresent();
  }

  @Test
  @DisplayName("says which contestant did not start")
  void namesWhoFailed() {
    var race =
        new Race(
            "Nothing",
            "files",
            List.of(() -> Program.start("absent", List.of("sh", "-c", "exit 1"), Map.of())));
    assertThatThrownBy(() -> race.run(1)).hasMessageStartingWith("absent ended without an answer");
  }
}
