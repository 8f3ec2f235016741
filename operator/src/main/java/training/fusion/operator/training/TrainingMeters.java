package training.fusion.operator.training;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import training.fusion.api.resource.FusionTraining;
import training.fusion.api.resource.FusionTrainingStatus.State;
import training.fusion.operator.status.Watched;

/**
 * Figures for Prometheus about all trainings: {@code fusion_trainings} by state, how many of them
 * are silent, and {@code fusion_gpu_seconds_total}. Every replica has them, so add up none: take
 * their maximum.
 */
@Singleton
class TrainingMeters {
  private static final Duration FRESH = Duration.ofSeconds(1);

  private final InstantSource clock;
  private final Watched watched;
  private final GpuSeconds gpuSeconds;
  private Counted counted = new Counted(Instant.EPOCH, Map.of(), 0);

  /** One look at all trainings, for all gauges of one scrape. */
  private record Counted(Instant time, Map<State, Long> states, long silent) {}

  TrainingMeters(InstantSource clock, Watched watched, GpuSeconds gpuSeconds) {
    this.clock = clock;
    this.watched = watched;
    this.gpuSeconds = gpuSeconds;
  }

  void register(@Observes StartupEvent start, MeterRegistry meters) {
    for (State state : State.values()) {
      Gauge.builder("fusion.trainings", this, self -> self.count(state))
          .tag("state", state.name().toLowerCase(Locale.ROOT))
          .description("Trainings by status.state; those without a status are pending")
          .register(meters);
    }
    Gauge.builder("fusion.trainings.silent", this, TrainingMeters::silent)
        .description("Running trainings whose trainer was not heard of for fusion.progress.silence")
        .register(meters);
    FunctionCounter.builder("fusion.gpu.seconds", gpuSeconds, it -> it.total(watched.pods()))
        .description("Time that trainers have held GPUs, since this operator started")
        .register(meters);
  }

  private long count(State state) {
    return counted().states.getOrDefault(state, 0L);
  }

  private long silent() {
    return counted().silent;
  }

  private synchronized Counted counted() {
    Instant now = clock.instant();
    if (!now.isBefore(counted.time.plus(FRESH))) {
      List<FusionTraining> trainings = watched.trainings();
      counted =
          new Counted(
              now,
              trainings.stream().collect(groupingBy(TrainingMeters::state, counting())),
              trainings.stream().filter(TrainingMeters::isSilent).count());
    }
    return counted;
  }

  private static boolean isSilent(FusionTraining training) {
    var status = training.getStatus();
    return status != null
        && status.conditions() != null
        && status.conditions().stream()
            .anyMatch(
                condition ->
                    "ProgressReported".equals(condition.getType())
                        && "NoReports".equals(condition.getReason()));
  }

  private static State state(FusionTraining training) {
    var status = training.getStatus();
    return status == null || status.state() == null ? State.PENDING : status.state();
  }
}
