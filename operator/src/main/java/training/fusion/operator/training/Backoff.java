package training.fusion.operator.training;

import io.fabric8.kubernetes.api.model.HasMetadata;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How long to wait before what did not work is tried again: twice as long each time, so that no
 * resource, however stuck, costs more than a few requests a minute.
 */
@Singleton
public class Backoff {
  private static final Duration LONGEST = Duration.ofSeconds(30);

  /** Doubled so often, the shortest wait there is exceeds the longest. */
  private static final int MOST_DOUBLINGS = 10;

  /** Those that nothing was heard of for longest are forgotten: they may have been deleted. */
  private static final int REMEMBERED = 10_000;

  /** How often in a row it did not work, by uid. */
  private final Map<String, Integer> failed = new LinkedHashMap<>(16, 0.75f, true);

  /**
   * It did not work: how long to wait.
   *
   * @param first after the first time
   */
  public synchronized Duration next(HasMetadata resource, Duration first) {
    int times = failed.merge(resource.getMetadata().getUid(), 1, Integer::sum);
    if (failed.size() > REMEMBERED) {
      failed.remove(failed.keySet().iterator().next());
    }
    Duration wait = first.multipliedBy(1L << Math.min(times - 1, MOST_DOUBLINGS));
    return wait.compareTo(LONGEST) < 0 ? wait : LONGEST;
  }

  /** It worked, or is not to any more. */
  public synchronized void over(HasMetadata resource) {
    failed.remove(resource.getMetadata().getUid());
  }
}
