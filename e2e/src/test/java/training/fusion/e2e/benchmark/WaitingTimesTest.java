package training.fusion.e2e.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class WaitingTimesTest {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  @Test
  void percentiles_are_those_of_the_nearest_rank() {
    var waits = new WaitingTimes(LongStream.rangeClosed(1, 200).boxed().toList());

    assertThat(waits.percentile(50)).isEqualTo(100);
    assertThat(waits.percentile(99)).isEqualTo(198);
    assertThat(waits).hasToString("100 / 198");
  }

  @Test
  void one_wait_is_every_percentile() {
    assertThat(new WaitingTimes(List.of(7L))).hasToString("7 / 7");
  }

  @Test
  void no_waits_are_a_dash() {
    assertThat(new WaitingTimes(List.of())).hasToString("—");
  }

  @Test
  void what_never_began_or_never_ended_is_not_counted() {
    Map<String, Instant> from = Map.of("a", START, "b", START, "unfinished", START);
    Map<String, Instant> to =
        Map.of("a", START.plusMillis(20), "b", START.plusMillis(5), "unknown", START);

    assertThat(WaitingTimes.between(from, to).milliseconds()).containsExactly(5L, 20L);
  }
}
