package training.fusion.operator.training;

import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import training.fusion.operator.job.TrainerPod;

/** How long trainers' containers have held GPUs, since this operator started. */
@Singleton
class GpuSeconds {
  private final InstantSource clock;
  private final Instant start;

  /** Up to when each pod that is still to be seen has been counted. */
  private final Map<String, Instant> countedUntil = new HashMap<>();

  private double total;

  GpuSeconds(InstantSource clock) {
    this.clock = clock;
    this.start = clock.instant();
  }

  /**
   * GPUs times seconds; it only grows.
   *
   * @param pods all that are to be seen, ended ones too
   */
  synchronized double total(List<TrainerPod> pods) {
    for (TrainerPod pod : pods) {
      pod.startedAt().ifPresent(started -> count(pod, started));
    }
    countedUntil.keySet().retainAll(pods.stream().map(TrainerPod::uid).collect(Collectors.toSet()));
    return total;
  }

  private void count(TrainerPod pod, Instant started) {
    Instant end = pod.endedAt().orElse(clock.instant());
    Instant from = countedUntil.getOrDefault(pod.uid(), started.isBefore(start) ? start : started);
    if (end.isAfter(from)) {
      total += pod.gpus() * Duration.between(from, end).toMillis() / 1000.0;
      countedUntil.put(pod.uid(), end);
    }
  }
}
