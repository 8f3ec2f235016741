package training.fusion.trainer.process;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Notices when nothing moves any more: a device that hangs, a volume that does not answer. It runs
 * on a thread of its own, because the training thread is then inside a native call.
 */
public final class Watchdog implements AutoCloseable {
  private final Duration limit;
  private final Consumer<String> onStall;
  private final Thread thread;
  private volatile long lastSign = System.nanoTime();
  private volatile String activity = "start";

  /**
   * @param limit longest time without {@link #moved}
   * @param onStall told, once, what was under way
   */
  public Watchdog(Duration limit, Consumer<String> onStall) {
    this.limit = limit;
    this.onStall = onStall;
    this.thread = new Thread(this::watch, "watchdog");
    thread.setDaemon(true);
    thread.start();
  }

  /** One that never barks. */
  public static Watchdog asleep() {
    return new Watchdog(Duration.ofDays(100_000), activity -> {});
  }

  /** Something was done; from now on {@code activity} is. */
  public void moved(String activity) {
    this.activity = activity;
    this.lastSign = System.nanoTime();
  }

  private void watch() {
    try {
      long left = limit.toNanos();
      while (left > 0) {
        TimeUnit.NANOSECONDS.sleep(left);
        left = limit.toNanos() - (System.nanoTime() - lastSign);
      }
      onStall.accept(activity);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // closed
    }
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
