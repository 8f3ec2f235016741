package training.fusion.e2e.cluster;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.awaitility.core.ConditionTimeoutException;

/** Waits for what nothing tells of by itself. */
public final class Eventually {
  /** A loaded machine may take a minute just to start an operator. */
  private static final Duration LONGEST = Duration.ofMinutes(3);

  private static final Duration BETWEEN = Duration.ofMillis(50);

  private Eventually() {}

  /** The first value that is as wanted; the last one seen, if none was within three minutes. */
  @SuppressWarnings("NullAway") // what was seen last may be nothing
  public static <T> T eventually(Supplier<T> source, Predicate<T> wanted) {
    var last = new AtomicReference<T>();
    try {
      await()
          .atMost(LONGEST)
          .pollDelay(Duration.ZERO)
          .pollInterval(BETWEEN)
          .pollInSameThread()
          .until( // a predicate of its own would never see that there is nothing
              () -> {
                last.set(source.get());
                return wanted.test(last.get());
              });
    } catch (ConditionTimeoutException e) {
      // whoever asked knows better what to say of it
    }
    return last.get();
  }
}
