package training.fusion.operator.watch;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.IndexerResourceCache;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import jakarta.inject.Singleton;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import training.fusion.api.resource.FusionTraining;
import training.fusion.operator.informer.OwnStores;
import training.fusion.operator.job.JobView;
import training.fusion.operator.job.Labels;
import training.fusion.operator.job.TrainerPod;
import training.fusion.operator.resource.Ownership;

/**
 * What the informers last saw: trainings, and the Jobs and pods that the operator made. Foreign
 * Jobs and pods are never held. It may lag behind the API server by some milliseconds, or seconds
 * when the server is under load.
 */
@Singleton
public class TrainingInformers {
  /**
   * How many objects an informer asks for at once when it lists all. Answers are parsed whole
   * before they are pruned: unpaged, some nine hundred trainings did not fit in a heap of 96 MiB.
   */
  public static final long LIST_LIMIT = 50;

  private final InstantSource clock;
  private @Nullable Sources sources;

  private record Sources(
      IndexerResourceCache<FusionTraining> trainings,
      InformerEventSource<Job, FusionTraining> jobs,
      InformerEventSource<Pod, FusionTraining> pods) {}

  /** Nothing is watched before {@link #eventSources} was called and its result is started. */
  public TrainingInformers(InstantSource clock) {
    this.clock = clock;
  }

  /** The informers for Jobs and pods; that for trainings is the controller's own. */
  public List<EventSource<?, FusionTraining>> eventSources(
      EventSourceContext<FusionTraining> context) {
    var jobs =
        new InformerEventSource<>(
            OwnStores.in(
                InformerEventSourceConfiguration.from(Job.class, FusionTraining.class)
                    .withLabelSelector(Labels.SELECTOR)
                    .withInformerListLimit(LIST_LIMIT)
                    .build(),
                Pruned::jobs),
            context);
    var pods =
        new InformerEventSource<>(
            OwnStores.in(
                InformerEventSourceConfiguration.from(Pod.class, FusionTraining.class)
                    .withLabelSelector(Labels.SELECTOR)
                    .withInformerListLimit(LIST_LIMIT)
                    .withSecondaryToPrimaryMapper(TrainingInformers::trainingOf)
                    .build(),
                Pruned::pods),
            context);
    sources = new Sources(context.getPrimaryCache(), jobs, pods);
    return List.of(jobs, pods);
  }

  /** A training, if it was seen. */
  public Optional<FusionTraining> training(String namespace, String name) {
    return sources().trainings().get(new ResourceID(name, namespace));
  }

  /** All trainings that were seen; none before the informers are started. */
  public List<FusionTraining> trainings() {
    return sources == null ? List.of() : sources.trainings().list().toList();
  }

  /** All trainers' pods that were seen; none before the informers are started. */
  public List<TrainerPod> pods() {
    return sources == null ? List.of() : sources.pods().list().map(TrainerPod::new).toList();
  }

  /** A trainer's pod, if it was seen. */
  public Optional<TrainerPod> pod(String namespace, String name) {
    return sources().pods().get(new ResourceID(name, namespace)).map(TrainerPod::new);
  }

  /** What is known of a training. */
  public Observation observe(FusionTraining training) {
    return observe(
        training,
        sources().jobs().getSecondaryResources(training),
        sources().pods().getSecondaryResources(training),
        false);
  }

  /**
   * What is known of a training, read from the API server just now.
   *
   * @param jobs Jobs and pods that may be another training's of the same name
   */
  public Observation observeLive(
      FusionTraining training, Collection<Job> jobs, Collection<Pod> pods) {
    return observe(training, jobs, pods, true);
  }

  private Observation observe(
      FusionTraining training, Collection<Job> jobs, Collection<Pod> pods, boolean live) {
    return new Observation(
        training,
        jobs.stream()
            .filter(job -> isOf(training, job) && Ownership.isOurs(job, training))
            .map(JobView::new)
            .toList(),
        pods.stream().filter(pod -> isOf(training, pod)).map(TrainerPod::new).toList(),
        clock.instant(),
        live,
        null);
  }

  private static Set<ResourceID> trainingOf(Pod pod) {
    var annotations = pod.getMetadata().getAnnotations();
    String name = annotations == null ? null : annotations.get(Labels.TRAINING);
    return name == null ? Set.of() : Set.of(new ResourceID(name, pod.getMetadata().getNamespace()));
  }

  // A training that was deleted and made anew has the same name, and may still have old Jobs.
  private static boolean isOf(FusionTraining training, HasMetadata made) {
    return training.getMetadata().getUid().equals(Labels.value(made, Labels.TRAINING_UID));
  }

  private Sources sources() {
    if (sources == null) {
      throw new IllegalStateException("the informers have not been started yet");
    }
    return sources;
  }
}
