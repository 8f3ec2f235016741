package training.fusion.operator.watch;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.ContainerStatusBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodSpecBuilder;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.api.model.PodStatusBuilder;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobSpecBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.JobStatus;
import io.fabric8.kubernetes.api.model.batch.v1.JobStatusBuilder;
import io.fabric8.kubernetes.client.informers.cache.ItemStore;
import java.util.List;
import training.fusion.api.resource.FusionTraining;
import training.fusion.operator.job.JobView;
import training.fusion.operator.job.TrainerPod;

/** What the informers keep: the fields that we read, so that memory is small at many trainings. */
public final class Pruned {
  /** All of it, as {@code kubectl apply} was given it. */
  private static final String LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

  private static final Trainings TRAININGS = new Trainings();

  private Pruned() {}

  /** A store for trainings: whole, but for who wrote which field, and what. */
  public static final class Trainings extends CompactStore<FusionTraining> {
    /** The operator SDK makes it. */
    public Trainings() {
      super(FusionTraining.class, Pruned::withoutRecords, StoredTraining::new);
    }
  }

  /**
   * A training as its store would give it back: without what nobody reads, and small until read.
   */
  public static FusionTraining stored(FusionTraining training) {
    return TRAININGS.unpacked(TRAININGS.packed(training));
  }

  /** A store for Jobs: what {@link JobView} reads. */
  public static ItemStore<Job> jobs() {
    return new CompactStore<>(
        Job.class,
        job -> {
          PodSpec pod = job.getSpec().getTemplate().getSpec();
          job.setSpec(
              new JobSpecBuilder()
                  .withSuspend(job.getSpec().getSuspend())
                  .withManagedBy(job.getSpec().getManagedBy())
                  .withParallelism(job.getSpec().getParallelism())
                  .withNewTemplate()
                  .withNewSpec()
                  .withAffinity(pod.getAffinity())
                  .withContainers(withoutEnvironment(pod.getContainers()))
                  .withVolumes(images(pod))
                  .withResourceClaims(pod.getResourceClaims())
                  .endSpec()
                  .endTemplate()
                  .build());
          JobStatus status = job.getStatus();
          if (status != null) {
            job.setStatus(
                new JobStatusBuilder()
                    .withStartTime(status.getStartTime())
                    .withActive(job.getSpec().getManagedBy() == null ? null : status.getActive())
                    .withConditions(status.getConditions())
                    .build());
          }
          return withoutRecords(job);
        },
        StoredJob::new);
  }

  /** A store for pods: what {@link TrainerPod} reads. */
  static ItemStore<Pod> pods() {
    return new CompactStore<>(
        Pod.class,
        pod -> {
          pod.setSpec(
              new PodSpecBuilder()
                  .withNodeName(pod.getSpec().getNodeName())
                  .withSchedulerName(pod.getSpec().getSchedulerName())
                  .withTerminationGracePeriodSeconds(
                      pod.getSpec().getTerminationGracePeriodSeconds())
                  .withInitContainers(withoutEnvironment(pod.getSpec().getInitContainers()))
                  .withContainers(withoutEnvironment(pod.getSpec().getContainers()))
                  .withVolumes(images(pod.getSpec()))
                  .build());
          PodStatus status = pod.getStatus();
          if (status != null) {
            pod.setStatus(
                new PodStatusBuilder()
                    .withPhase(status.getPhase())
                    .withReason(status.getReason())
                    .withMessage(status.getMessage())
                    .withConditions(
                        status.getConditions().stream()
                            .filter(it -> TrainerPod.CONDITIONS.contains(it.getType()))
                            .toList())
                    .withInitContainerStatuses(
                        status.getInitContainerStatuses().stream().map(Pruned::state).toList())
                    .withContainerStatuses(
                        status.getContainerStatuses().stream().map(Pruned::state).toList())
                    .build());
          }
          return withoutRecords(pod);
        },
        StoredPod::new);
  }

  private static List<Volume> images(PodSpec pod) {
    return pod.getVolumes().stream().filter(it -> it.getImage() != null).toList();
  }

  private static ContainerStatus state(ContainerStatus container) {
    return new ContainerStatusBuilder()
        .withName(container.getName())
        .withImageID(container.getImageID())
        .withState(container.getState())
        .withLastState(container.getLastState())
        .build();
  }

  private static List<Container> withoutEnvironment(List<Container> containers) {
    return containers.stream()
        .map(
            container ->
                new ContainerBuilder()
                    .withName(container.getName())
                    .withImage(container.getImage())
                    .withRestartPolicy(container.getRestartPolicy())
                    .withResources(container.getResources())
                    .build())
        .toList();
  }

  /** Without what the API server and kubectl keep of who wrote which field. */
  private static <R extends HasMetadata> R withoutRecords(R resource) {
    ObjectMeta metadata = resource.getMetadata();
    metadata.setManagedFields(List.of());
    if (metadata.getAnnotations() != null) {
      metadata.getAnnotations().remove(LAST_APPLIED);
    }
    return resource;
  }
}
