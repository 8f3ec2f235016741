package training.fusion.local.job;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Instant;
import java.util.List;
import java.util.random.RandomGenerator;

/** The pods of a Job: made, counted once, let go. */
final class JobPods {
  /** Keeps an ended pod until its Job has counted it. */
  static final String TRACKING = "batch.kubernetes.io/job-tracking";

  static final String CONTROLLER_UID = "batch.kubernetes.io/controller-uid";
  private static final String JOB_NAME = "batch.kubernetes.io/job-name";
  private static final String NAME_CHARACTERS = "bcdfghjklmnpqrstvwxz2456789";
  private static final int NAME_LENGTH = 5;

  private final KubernetesClient client;
  private final RandomGenerator random;

  JobPods(KubernetesClient client, RandomGenerator random) {
    this.client = client;
    this.random = random;
  }

  /** All pods of the Job, read from the API and not from a cache: none may be made twice. */
  List<Pod> of(Job job) {
    return client
        .pods()
        .inNamespace(job.getMetadata().getNamespace())
        .withLabel(CONTROLLER_UID, job.getMetadata().getUid())
        .list()
        .getItems();
  }

  /** Ended pods of a Job that is gone. */
  List<Pod> orphans(String namespace, String job) {
    return client.pods().inNamespace(namespace).withLabel(JOB_NAME, job).list().getItems().stream()
        .filter(JobPods::hasEnded)
        .toList();
  }

  void create(Job job) {
    var template = job.getSpec().getTemplate();
    String name = job.getMetadata().getName();
    String uid = job.getMetadata().getUid();
    Pod pod =
        new PodBuilder()
            .withNewMetadataLike(template.getMetadata())
            .withName(name + "-" + suffix())
            .withNamespace(job.getMetadata().getNamespace())
            .addToLabels(CONTROLLER_UID, uid)
            .addToLabels(JOB_NAME, name)
            .addToLabels("controller-uid", uid)
            .addToLabels("job-name", name)
            .addToFinalizers(TRACKING)
            .addNewOwnerReference()
            .withApiVersion("batch/v1")
            .withKind("Job")
            .withName(name)
            .withUid(uid)
            .withController(true)
            .withBlockOwnerDeletion(true)
            .endOwnerReference()
            .endMetadata()
            .withSpec(template.getSpec())
            .build();
    client.resource(pod).create();
  }

  void delete(List<Pod> pods) {
    pods.stream()
        .filter(pod -> !pod.isMarkedForDeletion())
        .forEach(pod -> client.resource(pod).delete());
  }

  /** Lets pods go that have been counted. */
  void release(List<Pod> pods) {
    for (Pod pod : pods) {
      if (pod.hasFinalizer(TRACKING)) {
        client
            .resource(pod)
            .edit(
                found -> {
                  found.removeFinalizer(TRACKING);
                  return found;
                });
      }
    }
  }

  static boolean hasEnded(Pod pod) {
    return hasSucceeded(pod) || hasFailed(pod);
  }

  static boolean hasSucceeded(Pod pod) {
    return pod.getStatus() != null && "Succeeded".equals(pod.getStatus().getPhase());
  }

  static boolean hasFailed(Pod pod) {
    return pod.getStatus() != null && "Failed".equals(pod.getStatus().getPhase());
  }

  static boolean isReady(Pod pod) {
    return pod.getStatus() != null
        && pod.getStatus().getConditions().stream()
            .anyMatch(
                condition ->
                    condition.getType().equals("Ready") && condition.getStatus().equals("True"));
  }

  /** When the pod's containers ended, or the pod was made if none ever ran. */
  static Instant endedAt(Pod pod) {
    return pod.getStatus().getContainerStatuses().stream()
        .map(container -> container.getState().getTerminated())
        .filter(terminated -> terminated != null && terminated.getFinishedAt() != null)
        .map(terminated -> Instant.parse(terminated.getFinishedAt()))
        .max(Instant::compareTo)
        .orElseGet(() -> Instant.parse(pod.getMetadata().getCreationTimestamp()));
  }

  private String suffix() {
    var suffix = new StringBuilder();
    for (int i = 0; i < NAME_LENGTH; i++) {
      suffix.append(NAME_CHARACTERS.charAt(random.nextInt(NAME_CHARACTERS.length())));
    }
    return suffix.toString();
  }
}
