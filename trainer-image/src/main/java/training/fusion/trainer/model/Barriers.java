package training.fusion.trainer.model;

import com.sun.jna.NativeLibrary;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How libtorch's threads wait for each other, as they do at the end of every operation. GNU's
 * OpenMP lets those that are there first spin for milliseconds before they sleep: on a machine of
 * one's own the quickest. Where other programs want the cores too, they spin for a thread that
 * waits for their core, thousands of times in a step. So while our threads wait for cores, OpenMP
 * is given {@link IdleThreads}, which make it spin for microseconds. No result depends on it: who
 * computes what is the same.
 *
 * <p>For a single thread: the one that watches.
 */
final class Barriers {
  private static final Logger LOG = LoggerFactory.getLogger(Barriers.class);
  private static final AtomicBoolean WATCHED = new AtomicBoolean();

  private static final long PERIOD_MILLIS = 250;

  /** Seconds in each second that our threads, together, wait for cores. */
  private static final double CROWDED = 0.3;

  private static final double QUIET = 0.05;

  /** Quiet periods before threads spin again: two seconds. */
  static final int PATIENCE = 8;

  private final NativeLibrary openMp;
  private final int threads;
  private final String name;
  private @Nullable IdleThreads idle;
  private int quiet;
  private boolean told;

  /**
   * @param openMp as {@link IdleThreads#openMp} found it
   * @param threads of an operation
   * @param name of idle threads
   */
  Barriers(NativeLibrary openMp, int threads, String name) {
    this.openMp = openMp;
    this.threads = threads;
    this.name = name;
  }

  /**
   * Watches for the rest of the process; a second time does nothing. Nothing is done either where
   * it can't be, without Linux's figures or GNU's OpenMP, or where a variable says how threads
   * wait.
   *
   * @param environment of this process
   * @param threads of an operation
   */
  static void watch(Map<String, String> environment, int threads) {
    if (threads == 1
        || environment.containsKey("OMP_WAIT_POLICY")
        || environment.containsKey("GOMP_SPINCOUNT")
        || WATCHED.getAndSet(true)) {
      return;
    }
    IdleThreads.openMp()
        .ifPresent(
            openMp ->
                RunDelay.ofThisProcess()
                    .ifPresent(
                        delay -> start(new Barriers(openMp, threads, "fusion-idle"), delay)));
  }

  private static void start(Barriers barriers, RunDelay delay) {
    var thread = new Thread(() -> barriers.run(delay), "fusion-barriers");
    thread.setDaemon(true);
    thread.start();
  }

  private void run(RunDelay delay) {
    try {
      while (true) {
        Thread.sleep(PERIOD_MILLIS);
        saw(delay.sinceLast());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Decides for the next period.
   *
   * @param waiting seconds in each second that our threads, together, waited for cores in the last
   */
  void saw(double waiting) {
    quiet = waiting < QUIET ? quiet + 1 : 0;
    if (idle == null && waiting > CROWDED) {
      idle = IdleThreads.start(name, openMp, threads);
      if (!told) {
        told = true;
        LOG.info("others use this machine's cores, too: threads wait asleep for each other");
      }
    } else if (idle != null && quiet >= PATIENCE) {
      idle.close();
      idle = null;
    }
  }
}
