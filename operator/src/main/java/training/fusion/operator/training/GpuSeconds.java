package training.fusion.operator.training;

import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import training.fusion.operator.job.TrainerPod;

/** How long trainers' containers have held GPUs, since this operator started. */
@Singleton
class GpuSeconds {
  private final InstantSource clock;
  private final Instant start;

  /** Up to when each pod that is still to be seen has been counted. */
  private final Map<String, Instant> countedUntil = new HashMap<>();

  /** A sum for each namespace that was ever seen with a pod, gone or not: counters never fall. */
  private final Map<String, Double> totals = new TreeMap<>();

  GpuSeconds(InstantSource clock) {
    this.clock = clock;
    this.start = clock.instant();
  }

  /**
   * GPUs times seconds, by namespace; they only grow.
   *
   * @param pods all that are to be seen, ended ones too
   */
  synchronized Map<String, Double> byNamespace(List<TrainerPod> pods) {
    for (TrainerPod pod : pods) {
      totals.putIfAbsent(pod.namespace(), 0.0); // a counter that begins at more shows no increase
      pod.startedAt().ifPresent(started -> count(pod, started));
    }
    countedUntil.keySet().retainAll(pods.stream().map(TrainerPod::uid).collect(Collectors.toSet()));
    return Map.copyOf(totals);
  }

  private void count(TrainerPod pod, Instant started) {
    Instant end = pod.endedAt().orElse(clock.instant());
    Instant from = countedUntil.getOrDefault(pod.uid(), started.isBefore(start) ? start : started);
    if (end.isAfter(from)) {
      double seconds = pod.gpus() * Duration.between(from, end).toMillis() / 1000.0;
      totals.merge(pod.namespace(), seconds, Double::sum);
      countedUntil.put(pod.uid(), end);
    }
  }
}
