package training.fusion.local.api;

import static java.net.HttpURLConnection.HTTP_CONFLICT;
import static java.net.HttpURLConnection.HTTP_NOT_FOUND;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.List;
import training.fusion.api.resource.FusionTraining;
import training.fusion.api.resource.sweep.FusionSweep;

/**
 * Garbage collection by owner: a sweep takes its trials with it, a training its Jobs, a Job its
 * pods.
 */
final class OwnerCollector implements AutoCloseable {
  /** Holds an owner that is deleted in the foreground until its dependents are gone. */
  static final String FOREGROUND = "foregroundDeletion";

  private final KubernetesClient client;
  private final List<SharedIndexInformer<?>> informers;

  OwnerCollector(KubernetesClient client) {
    this.client = client;
    informers =
        List.of(
            client.resources(FusionSweep.class).inAnyNamespace().inform(handler()),
            client.resources(FusionTraining.class).inAnyNamespace().inform(handler()),
            client.batch().v1().jobs().inAnyNamespace().inform(handler()),
            client.pods().inAnyNamespace().inform(handler()));
  }

  private <T extends HasMetadata> ResourceEventHandler<T> handler() {
    return new ResourceEventHandler<>() {
      @Override
      public void onAdd(T added) {
        // made just after its Job was marked: it must not hold the Job
        if (added instanceof Pod && ownersOf(added).stream().anyMatch(Job::isMarkedForDeletion)) {
          client.resource(added).delete();
        }
      }

      @Override
      public void onUpdate(T before, T now) {
        if (now.isMarkedForDeletion() && now.hasFinalizer(FOREGROUND)) {
          deleteDependents(now);
          release(now);
        }
      }

      @Override
      public void onDelete(T deleted, boolean unknown) {
        deleteDependents(deleted);
        if (deleted instanceof Pod) {
          ownersOf(deleted).forEach(OwnerCollector.this::release);
        }
      }
    };
  }

  private void deleteDependents(HasMetadata owner) {
    dependents(owner).stream()
        .filter(dependent -> !dependent.isMarkedForDeletion())
        .forEach(dependent -> client.resource(dependent).delete());
  }

  /** Lets a deleted owner go when nothing depends on it any more. */
  private void release(HasMetadata owner) {
    if (owner instanceof Job job
        && job.isMarkedForDeletion()
        && job.hasFinalizer(FOREGROUND)
        && dependents(job).isEmpty()) {
      try {
        client
            .batch()
            .v1()
            .jobs()
            .inNamespace(job.getMetadata().getNamespace())
            .withName(job.getMetadata().getName())
            .edit(
                found -> {
                  found.removeFinalizer(FOREGROUND);
                  return found;
                });
      } catch (KubernetesClientException e) {
        // 404: released already; 409: somebody wrote the Job just now, which brings us here again
        if (e.getCode() != HTTP_NOT_FOUND && e.getCode() != HTTP_CONFLICT) {
          throw e;
        }
      }
    }
  }

  private List<? extends HasMetadata> dependents(HasMetadata owner) {
    String namespace = owner.getMetadata().getNamespace();
    List<? extends HasMetadata> candidates =
        switch (owner.getKind()) {
          case FusionSweep.KIND ->
              client.resources(FusionTraining.class).inNamespace(namespace).list().getItems();
          case FusionTraining.KIND ->
              client.batch().v1().jobs().inNamespace(namespace).list().getItems();
          case "Job" -> client.pods().inNamespace(namespace).list().getItems();
          default -> List.of();
        };
    return candidates.stream().filter(candidate -> candidate.hasOwnerReferenceFor(owner)).toList();
  }

  private List<Job> ownersOf(HasMetadata pod) {
    return client
        .batch()
        .v1()
        .jobs()
        .inNamespace(pod.getMetadata().getNamespace())
        .list()
        .getItems()
        .stream()
        .filter(pod::hasOwnerReferenceFor)
        .toList();
  }

  @Override
  public void close() {
    informers.forEach(SharedIndexInformer::close);
  }
}
