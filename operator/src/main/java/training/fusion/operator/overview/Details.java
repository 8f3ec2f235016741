package training.fusion.operator.overview;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.events.v1.Event;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.Serialization;
import jakarta.inject.Singleton;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import training.fusion.api.resource.FusionTraining;
import training.fusion.api.resource.FusionTrainingStatus;
import training.fusion.api.resource.FusionTrainingStatus.FailureRecord;
import training.fusion.api.resource.sweep.FusionSweep;
import training.fusion.api.resource.sweep.FusionSweepStatus;
import training.fusion.api.run.RunResult.HistoryPoint;
import training.fusion.operator.watch.SweepInformer;
import training.fusion.operator.watch.TrainingInformers;

/** All that the page shows of one training or sweep, when somebody looks at it. */
@Singleton
class Details {
  private static final Logger LOG = Logger.getLogger(Details.class);

  /** The newest; a training's whole story is mostly shorter. */
  private static final int MOST_EVENTS = 50;

  private final TrainingInformers trainings;
  private final SweepInformer sweeps;
  private final KubernetesClient client;

  Details(TrainingInformers trainings, SweepInformer sweeps, KubernetesClient client) {
    this.trainings = trainings;
    this.sweeps = sweeps;
    this.client = client;
  }

  /**
   * A training.
   *
   * @param yaml that makes it again
   */
  record TrainingDetails(
      TrainingLine row,
      List<HistoryPoint> history,
      List<Condition> conditions,
      List<FailureRecord> failures,
      List<Told> events,
      String yaml) {}

  /**
   * A sweep.
   *
   * @param groups trials that differ in the seed alone
   * @param yaml that makes it again
   */
  record SweepDetails(
      SweepLine row,
      List<Condition> conditions,
      List<FusionSweepStatus.Group> groups,
      String yaml) {}

  /** An event; one that came more than once says how often. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Told(String time, String type, String reason, String note, @Nullable Integer count) {
    static Told of(Event event) {
      var series = Optional.ofNullable(event.getSeries());
      return new Told(
          series
              .map(it -> it.getLastObservedTime())
              .or(() -> Optional.ofNullable(event.getEventTime()))
              .map(it -> it.getTime())
              .orElse(""),
          Objects.requireNonNullElse(event.getType(), ""),
          Objects.requireNonNullElse(event.getReason(), ""),
          Objects.requireNonNullElse(event.getNote(), ""),
          series.map(it -> it.getCount()).orElse(null));
    }
  }

  Optional<TrainingDetails> training(String namespace, String name) {
    return trainings.training(namespace, name).map(this::details);
  }

  Optional<SweepDetails> sweep(String namespace, String name) {
    return sweeps.sweep(namespace, name).map(Details::details);
  }

  /** The page of a sweep's report, if it has one. */
  Optional<String> report(String namespace, String name) {
    return sweeps
        .sweep(namespace, name)
        .map(FusionSweep::getStatus)
        .map(FusionSweepStatus::report)
        .map(FusionSweepStatus.Report::configMap)
        .map(map -> client.configMaps().inNamespace(namespace).withName(map).get())
        .map(map -> map.getData())
        .map(data -> data.get("report.html"));
  }

  private TrainingDetails details(FusionTraining training) {
    Optional<FusionTrainingStatus> status = Optional.ofNullable(training.getStatus());
    return new TrainingDetails(
        TrainingLine.of(training),
        status
            .map(FusionTrainingStatus::history)
            .or(() -> status.map(FusionTrainingStatus::progress).map(it -> it.history()))
            .orElse(List.of()),
        status.map(FusionTrainingStatus::conditions).orElse(List.of()),
        status.map(FusionTrainingStatus::failures).orElse(List.of()),
        events(training),
        yaml(training, training.getSpec()));
  }

  private static SweepDetails details(FusionSweep sweep) {
    Optional<FusionSweepStatus> status = Optional.ofNullable(sweep.getStatus());
    return new SweepDetails(
        SweepLine.of(sweep),
        status.map(FusionSweepStatus::conditions).orElse(List.of()),
        status.map(FusionSweepStatus::groups).orElse(List.of()),
        yaml(sweep, sweep.getSpec()));
  }

  /** The newest first; none where they are not to be had. */
  private List<Told> events(HasMetadata about) {
    try {
      return client
          .events()
          .v1()
          .events()
          .inNamespace(about.getMetadata().getNamespace())
          .withField("regarding.uid", about.getMetadata().getUid())
          .list()
          .getItems()
          .stream()
          .map(Told::of)
          .sorted(Comparator.comparing(Told::time).reversed())
          .limit(MOST_EVENTS)
          .toList();
    } catch (KubernetesClientException e) {
      LOG.debugf(e, "the events of %s are not to be had", about.getMetadata().getName());
      return List.of();
    }
  }

  /** What a person would have written. */
  private static String yaml(HasMetadata resource, @Nullable Object spec) {
    Map<String, Object> written = new LinkedHashMap<>();
    written.put("apiVersion", resource.getApiVersion());
    written.put("kind", resource.getKind());
    written.put(
        "metadata",
        new ObjectMetaBuilder()
            .withNamespace(resource.getMetadata().getNamespace())
            .withName(resource.getMetadata().getName())
            .withLabels(resource.getMetadata().getLabels())
            .build());
    written.put("spec", spec);
    return Serialization.asYaml(written);
  }
}
