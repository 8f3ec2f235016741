package training.fusion.local;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Waits for a condition, up to a deadline that only a failing test reaches. */
public final class Eventually {
  private static final Duration DEADLINE = Duration.ofMinutes(5);
  private static final Duration PAUSE = Duration.ofMillis(50);

  private Eventually() {}

  /** The first value that satisfies the condition; fails if none does. */
  @SuppressWarnings("NullAway") // what is waited for may be nothing
  public static <T> T eventually(String what, Supplier<T> value, Predicate<T> condition) {
    var last = new AtomicReference<T>();
    await(what)
        .atMost(DEADLINE)
        .pollDelay(Duration.ZERO)
        .pollInterval(PAUSE)
        .pollInSameThread()
        .until( // a predicate of its own would never see that there is nothing
            () -> {
              last.set(value.get());
              return condition.test(last.get());
            });
    return last.get();
  }
}
