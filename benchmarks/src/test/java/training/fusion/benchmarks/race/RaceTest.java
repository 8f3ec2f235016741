package training.fusion.benchmarks.race;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

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
    return () -> Contestant.start(name, List.of("sh", "-c", script), Map.of());
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
  @DisplayName("says which contestant did not start")
  void namesWhoFailed() {
    var race =
        new Race(
            "Nothing",
            "files",
            List.of(() -> Contestant.start("absent", List.of("sh", "-c", "exit 1"), Map.of())));
    assertThatThrownBy(() -> race.run(1)).hasMessageStartingWith("absent ended without an answer");
  }
}
