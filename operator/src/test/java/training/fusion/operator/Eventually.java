package training.fusion.operator;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.assertj.core.api.ThrowingConsumer;

/** Waits for something that will be so, with a deadline generous enough for a loaded machine. */
public final class Eventually {
  private static final Duration DEADLINE = Duration.ofSeconds(60);
  private static final Duration PAUSE = Duration.ofMillis(20);

  private Eventually() {}

  /** Looks again and again until the assertions hold; fails with their last complaint. */
  public static <T> T eventually(Supplier<T> look, ThrowingConsumer<T> assertions) {
    Instant end = Instant.now().plus(DEADLINE);
    while (true) {
      T seen = look.get();
      try {
        assertions.accept(seen);
        return seen;
      } catch (AssertionError e) {
        if (Instant.now().isAfter(end)) {
          throw e;
        }
      }
      LockSupport.parkNanos(PAUSE.toNanos());
    }
  }
}
