package training.fusion.operator;

import io.quarkus.runtime.Startup;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.Supplier;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Liveness;
import org.jboss.logging.Logger;

/**
 * Liveness: there is time for something else than collecting garbage. Where the heap is all but
 * full, every collection frees a little, so that no {@code OutOfMemoryError} ends the process, and
 * nothing else gets done; the serial collector has no limit for that.
 */
@Liveness
@Singleton
@Startup // the first look is a comparison with the start
class HeapHealth implements HealthCheck {
  private static final Logger LOG = Logger.getLogger(HeapHealth.class);

  /** Less than a probe's period, more than one collection takes. */
  private static final Duration SHORTEST = Duration.ofSeconds(5);

  private static final double MOST = 0.75;

  private final InstantSource clock;
  private final Supplier<Duration> collecting;
  private Instant looked;
  private Duration collectedThen;
  private double share;

  @Inject
  HeapHealth(InstantSource clock) {
    this(clock, HeapHealth::collectionTime);
  }

  /**
   * Looks from now on.
   *
   * @param collecting how long garbage has been collected since the process was started
   */
  HeapHealth(InstantSource clock, Supplier<Duration> collecting) {
    this.clock = clock;
    this.collecting = collecting;
    looked = clock.instant();
    collectedThen = collecting.get();
  }

  @Override
  public synchronized HealthCheckResponse call() {
    Instant now = clock.instant();
    Duration passed = Duration.between(looked, now);
    if (passed.compareTo(SHORTEST) >= 0) {
      Duration collected = collecting.get();
      share = (double) collected.minus(collectedThen).toMillis() / passed.toMillis();
      looked = now;
      collectedThen = collected;
    }
    var response = HealthCheckResponse.named("the heap suffices");
    if (share <= MOST) {
      return response.up().build();
    }
    String problem = problem();
    LOG.error(problem);
    return response.down().withData("problem", problem).build();
  }

  private String problem() {
    return "%.0f %% of the time is spent on collecting garbage in a heap of %d MiB; raise resources.limits.memory"
        .formatted(100 * share, Runtime.getRuntime().maxMemory() >> 20);
  }

  private static Duration collectionTime() {
    return Duration.ofMillis(
        ManagementFactory.getGarbageCollectorMXBeans().stream()
            .mapToLong(GarbageCollectorMXBean::getCollectionTime)
            .sum());
  }
}
