package training.fusion.e2e.benchmark;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** How long things took from one moment to another, in milliseconds and ascending. */
record WaitingTimes(List<Long> milliseconds) {
  /** Of those of which both moments are known. */
  static WaitingTimes between(Map<String, Instant> from, Map<String, Instant> to) {
    return new WaitingTimes(
        to.entrySet().stream()
            .flatMap(
                end ->
                    Stream.ofNullable(from.get(end.getKey()))
                        .map(start -> Duration.between(start, end.getValue()).toMillis()))
            .sorted()
            .toList());
  }

  /** The least wait that at least this share of them do not exceed (nearest rank); none: 0. */
  long percentile(int percent) {
    int rank = (int) Math.ceil(percent / 100.0 * milliseconds.size());
    return milliseconds.isEmpty() ? 0 : milliseconds.get(Math.max(rank, 1) - 1);
  }

  /** The middle one and the one that all but a hundredth stay within, for a table. */
  @Override
  public String toString() {
    return milliseconds.isEmpty() ? "—" : percentile(50) + " / " + percentile(99);
  }
}
