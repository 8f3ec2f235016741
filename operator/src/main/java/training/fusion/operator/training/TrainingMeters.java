package training.fusion.operator.training;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toList;

import io.micrometer.prometheus.PrometheusMeterRegistry;
import io.prometheus.client.Collector;
import io.prometheus.client.CounterMetricFamily;
import io.prometheus.client.GaugeMetricFamily;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import training.fusion.api.resource.FusionTraining;
import training.fusion.api.resource.FusionTrainingStatus.State;
import training.fusion.operator.watch.TrainingInformers;

/**
 * Figures for Prometheus about the trainings of each namespace: {@code fusion_trainings} by state,
 * how many of them are silent, and {@code fusion_gpu_seconds_total}. Every replica has them, so add
 * up none: take their maximum.
 *
 * <p>Read as a whole at each scrape, because namespaces come and go; a meter of Micrometer's would
 * have to be made for each beforehand.
 */
@Singleton
class TrainingMeters extends Collector {
  private static final String NAMESPACE = "namespace";

  private final TrainingInformers watched;
  private final GpuSeconds gpuSeconds;

  TrainingMeters(TrainingInformers watched, GpuSeconds gpuSeconds) {
    this.watched = watched;
    this.gpuSeconds = gpuSeconds;
  }

  /** The registry of the meters that Quarkus shows; it has another one for whoever asks CDI. */
  void register(@Observes StartupEvent start, PrometheusMeterRegistry meters) {
    meters.getPrometheusRegistry().register(this);
  }

  @Override
  public List<MetricFamilySamples> collect() {
    var states =
        new GaugeMetricFamily(
            "fusion_trainings",
            "Trainings by status.state; those without a status are pending",
            List.of(NAMESPACE, "state"));
    var silent =
        new GaugeMetricFamily(
            "fusion_trainings_silent",
            "Running trainings whose trainer was not heard of for fusion.progress.silence",
            List.of(NAMESPACE));
    byNamespace()
        .forEach(
            (namespace, trainings) -> {
              // the zeros too: without them the first failure in a namespace would be no increase
              for (State state : State.values()) {
                states.addMetric(
                    List.of(namespace, state.name().toLowerCase(Locale.ROOT)),
                    count(trainings, it -> state(it) == state));
              }
              silent.addMetric(List.of(namespace), count(trainings, TrainingMeters::isSilent));
            });
    var seconds =
        new CounterMetricFamily(
            "fusion_gpu_seconds",
            "Time that trainers have held GPUs, since this operator started",
            List.of(NAMESPACE));
    gpuSeconds
        .byNamespace(watched.pods())
        .forEach((namespace, total) -> seconds.addMetric(List.of(namespace), total));
    return List.of(states, silent, seconds);
  }

  private static double count(List<FusionTraining> trainings, Predicate<FusionTraining> which) {
    return (double) trainings.stream().filter(which).count();
  }

  private Map<String, List<FusionTraining>> byNamespace() {
    return watched.trainings().stream()
        .collect(groupingBy(it -> it.getMetadata().getNamespace(), TreeMap::new, toList()));
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
