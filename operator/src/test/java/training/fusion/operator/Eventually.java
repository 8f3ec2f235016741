package training.fusion.operator;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.assertj.core.api.ThrowingConsumer;

/** Waits for something that will be so, with a deadline generous enough for a loaded machine. */
public final class Eventually {
  private static final Duration DEADLINE = Duration.ofSeconds(60);
  private static final Duration PAUSE = Duration.ofMillis(20);

  private Eventually() {}

  /** Looks again and again until the assertions hold; fails with their last complaint. */
  public static <T> T eventually(Supplier<T> look, ThrowingConsumer<T> assertions) {
    var seen = new AtomicReference<T>();
    await()
        .atMost(DEADLINE)
        .pollDelay(Duration.ZERO)
        .pollInterval(PAUSE)
        .pollInSameThread()
        .untilAsserted(
            () -> {
              seen.set(look.get());
              assertions.accept(seen.get());
            });
    return Objects.requireNonNull(seen.get());
  }
}
