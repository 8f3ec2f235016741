package training.fusion.e2e;

import java.time.Duration;
import java.time.Instant;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Waits for what nothing tells of by itself. */
final class Eventually {
  /** A loaded machine may take a minute just to start an operator. */
  private static final Duration LONGEST = Duration.ofMinutes(3);

  private static final Duration BETWEEN = Duration.ofMillis(50);

  private Eventually() {}

  /** The first value that is as wanted; the last one seen, if none was within three minutes. */
  static <T> T eventually(Supplier<T> source, Predicate<T> wanted) {
    Instant deadline = Instant.now().plus(LONGEST);
    T value = source.get();
    while (!wanted.test(value) && Instant.now().isBefore(deadline)) {
      try {
        Thread.sleep(BETWEEN.toMillis());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return value;
      }
      value = source.get();
    }
    return value;
  }
}
