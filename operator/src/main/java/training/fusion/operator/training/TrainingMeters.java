package training.fusion.operator.training;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.Locale;
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
  private final Watched watched;
  private final GpuSeconds gpuSeconds;

  TrainingMeters(Watched watched, GpuSeconds gpuSeconds) {
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
    return watched.trainings().stream().filter(training -> state(training) == state).count();
  }

  private long silent() {
    return watched.trainings().stream().filter(TrainingMeters::isSilent).count();
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
