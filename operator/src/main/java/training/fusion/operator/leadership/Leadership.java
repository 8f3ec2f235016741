package training.fusion.operator.leadership;

import io.quarkus.runtime.ShutdownEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.interceptor.Interceptor;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jboss.logging.Logger;

/**
 * Until when this process may write as the leader: for {@link #RENEW_DEADLINE} from the time that
 * its last renewal of the Lease carries. Then it ends, whatever its threads wait for, and {@link
 * #LEASE_DURATION} after that time another may lead. Two clocks must agree that it is not over: the
 * monotonic one goes on while the process is stopped, the other one while its machine is.
 */
@Singleton
public class Leadership {
  /** How long the others wait for a renewal. */
  public static final Duration LEASE_DURATION = Duration.ofSeconds(20);

  /** How long a leader writes after one: the rest is for clocks that differ. */
  public static final Duration RENEW_DEADLINE = Duration.ofSeconds(10);

  /** Between two renewals. */
  public static final Duration RETRY_PERIOD = Duration.ofSeconds(2);

  /**
   * Longer than the client tries over the Lease without a word: an elector that failed is silent.
   */
  private static final Duration LONGEST_SILENCE = Duration.ofMinutes(3);

  private static final Logger LOG = Logger.getLogger(Leadership.class);
  private static final int EXIT_CODE = 1;
  private static final long LONGEST_PARK = Duration.ofMillis(500).toNanos();

  private final InstantSource clock;
  private final LongSupplier nanoseconds;
  private final Consumer<String> end;
  private volatile boolean stopping;
  private volatile Term term = new Term(Instant.MIN, 0);
  private volatile long asked;
  private boolean watched;

  private record Term(Instant until, long untilNanoseconds) {}

  /** Not the leader yet; one that was ends the process. */
  @Inject
  public Leadership(InstantSource clock) {
    this(clock, System::nanoTime, Leadership::halt);
  }

  /**
   * Not the leader yet.
   *
   * @param nanoseconds a clock that nobody sets
   * @param end ends the process, for this reason
   */
  Leadership(InstantSource clock, LongSupplier nanoseconds, Consumer<String> end) {
    this.clock = clock;
    this.nanoseconds = nanoseconds;
    this.end = end;
  }

  /** Whether it may write. */
  public boolean holds() {
    Term now = term;
    return clock.instant().isBefore(now.until)
        && nanoseconds.getAsLong() - now.untilNanoseconds < 0;
  }

  /**
   * The Lease was acquired or renewed.
   *
   * @param time as the Lease says
   */
  void renewed(Instant time) {
    Instant until = time.plus(RENEW_DEADLINE);
    Duration left = Duration.between(clock.instant(), until);
    term = new Term(until, nanoseconds.getAsLong() + left.toNanos());
  }

  /** The Lease is asked for: this process leads, or would. */
  synchronized void stands() {
    asked = nanoseconds.getAsLong();
    if (!watched) {
      watched = true;
      var watchdog = new Thread(this::endInTime, "leadership");
      watchdog.setDaemon(true);
      watchdog.start();
    }
  }

  /** Ends the process if it does not lead any more; nothing happens to one that never led. */
  void require() {
    if (!holds() && hasLed()) {
      end.accept("the Lease was not renewed for " + RENEW_DEADLINE.toSeconds() + " s");
    }
  }

  /** Another one leads, or may: this process ends, unless it does so anyway. */
  public void lost() {
    if (!stopping) {
      end.accept("another replica has the Lease, or may have it");
    }
  }

  void stop(@Observes @Priority(Interceptor.Priority.PLATFORM_BEFORE) ShutdownEvent event) {
    stopping = true; // the SDK stops leading then, before it stops
  }

  private boolean hasLed() {
    return !term.until.equals(Instant.MIN);
  }

  private void endInTime() {
    while (nanoseconds.getAsLong() - asked < LONGEST_SILENCE.toNanos()) {
      require();
      long left = holds() ? term.untilNanoseconds - nanoseconds.getAsLong() : LONGEST_PARK;
      LockSupport.parkNanos(Math.min(left, LONGEST_PARK));
    }
    end.accept(
        "it has not stood for election for "
            + LONGEST_SILENCE.toMinutes()
            + " minutes; if the log says that the Lease can't be read, delete it");
  }

  // an orderly end would take its time, and let reconciles write on
  private static void halt(String why) {
    LOG.fatalf("this replica leads no more and ends: %s", why);
    Runtime.getRuntime().halt(EXIT_CODE);
  }
}
