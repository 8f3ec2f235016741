package training.fusion.operator.progress;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * So many at once, then one a second, for each key. Remembers the most recent keys only; a
 * forgotten one starts anew.
 */
final class RateLimit {
  private static final int KEYS = 10_000;

  private final int burst;
  private final InstantSource clock;
  // when a key's bucket is full again
  private final Map<String, Instant> full =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Instant> eldest) {
          return size() > KEYS;
        }
      };

  RateLimit(int burst, InstantSource clock) {
    this.burst = burst;
    this.clock = clock;
  }

  /** How long to wait; zero when it may go on at once, which counts. */
  synchronized Duration await(String key) {
    Instant now = clock.instant();
    Instant before = full.getOrDefault(key, now);
    Instant after = (before.isBefore(now) ? now : before).plusSeconds(1);
    Duration excess = Duration.between(now.plusSeconds(burst), after);
    if (excess.isNegative() || excess.isZero()) {
      full.put(key, after);
      return Duration.ZERO;
    }
    return excess;
  }
}
