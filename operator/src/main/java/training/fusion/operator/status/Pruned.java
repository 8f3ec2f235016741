package training.fusion.operator.status;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodSpecBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.informers.cache.ItemStore;
import io.javaoperatorsdk.operator.processing.event.source.informer.TransformingItemStore;
import java.util.List;
import training.fusion.api.resource.FusionTraining;

/** What the informers keep: the fields that we read, so that memory is small at many trainings. */
public final class Pruned {
  private Pruned() {}

  /** A store for trainings: whole, but for who wrote which field. */
  public static final class Trainings extends TransformingItemStore<FusionTraining> {
    /** The operator SDK makes it. */
    public Trainings() {
      super(Pruned::withoutManagedFields);
    }
  }

  /** A store for Jobs: their container without its environment. */
  static ItemStore<Job> jobs() {
    return new TransformingItemStore<>(
        job -> {
          PodSpec pod = job.getSpec().getTemplate().getSpec();
          pod.setContainers(withoutEnvironment(pod.getContainers()));
          return withoutManagedFields(job);
        });
  }

  /** A store for pods: image and resources of their containers, node and status. */
  static ItemStore<Pod> pods() {
    return new TransformingItemStore<>(
        pod -> {
          pod.setSpec(
              new PodSpecBuilder()
                  .withNodeName(pod.getSpec().getNodeName())
                  .withContainers(withoutEnvironment(pod.getSpec().getContainers()))
                  .build());
          return withoutManagedFields(pod);
        });
  }

  private static List<Container> withoutEnvironment(List<Container> containers) {
    return containers.stream()
        .map(
            container ->
                new ContainerBuilder()
                    .withName(container.getName())
                    .withImage(container.getImage())
                    .withResources(container.getResources())
                    .build())
        .toList();
  }

  private static <R extends HasMetadata> R withoutManagedFields(R resource) {
    resource.getMetadata().setManagedFields(List.of());
    return resource;
  }
}
