package training.fusion.local;

import java.time.Duration;
import java.time.Instant;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Waits for a condition, up to a deadline that only a failing test reaches. */
public final class Eventually {
  private static final Duration DEADLINE = Duration.ofMinutes(5);
  private static final long PAUSE_MILLISECONDS = 50;

  private Eventually() {}

  /** The first value that satisfies the condition; fails with the last one seen. */
  public static <T> T eventually(String what, Supplier<T> value, Predicate<T> condition) {
    Instant end = Instant.now().plus(DEADLINE);
    T last = value.get();
    while (!condition.test(last)) {
      if (Instant.now().isAfter(end)) {
        throw new AssertionError("not within " + DEADLINE + ": " + what + "; last seen: " + last);
      }
      try {
        Thread.sleep(PAUSE_MILLISECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new AssertionError("interrupted while waiting: " + what, e);
      }
      last = value.get();
    }
    return last;
  }
}
