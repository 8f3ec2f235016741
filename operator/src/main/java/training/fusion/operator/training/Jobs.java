package training.fusion.operator.training;

import io.fabric8.kubernetes.api.model.DeletionPropagation;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import jakarta.inject.Singleton;
import java.net.HttpURLConnection;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import training.fusion.api.resource.FusionTraining;
import training.fusion.api.resource.FusionTrainingStatus;
import training.fusion.operator.job.JobView;
import training.fusion.operator.job.Labels;
import training.fusion.operator.job.TrainingJob;
import training.fusion.operator.status.Announcement;
import training.fusion.operator.status.LingeringPod;
import training.fusion.operator.status.Observation;
import training.fusion.operator.status.Refusal;
import training.fusion.operator.status.Refusal.Kind;
import training.fusion.operator.status.Watched;

/** Reads, makes and deletes a training's Jobs, and ends their pods, at the API server itself. */
@Singleton
class Jobs {
  private static final int UNPROCESSABLE = 422;

  private final KubernetesClient client;
  private final TrainingJob jobs;
  private final Watched watched;
  private final Events events;

  Jobs(KubernetesClient client, TrainingJob jobs, Watched watched, Events events) {
    this.client = client;
    this.events = events;
    this.jobs = jobs;
    this.watched = watched;
  }

  /** The training and what it owns as they are now; empty when the training is gone. */
  Optional<Observation> look(Observation cached) {
    FusionTraining training = client.resource(cached.training()).get();
    if (training == null
        || !training.getMetadata().getUid().equals(cached.training().getMetadata().getUid())) {
      return Optional.empty();
    }
    boolean hadJobs =
        !cached.jobs().isEmpty()
            || Optional.ofNullable(training.getStatus())
                .map(FusionTrainingStatus::jobUid)
                .isPresent();
    return Optional.of(
        hadJobs
            ? watched.observeLive(training, jobsOf(training), podsOf(training))
            : watched.observeLive(training, List.of(), List.of()));
  }

  private List<Job> jobsOf(FusionTraining training) {
    return client
        .batch()
        .v1()
        .jobs()
        .inNamespace(training.getMetadata().getNamespace())
        .withLabel(Labels.TRAINING_UID, training.getMetadata().getUid())
        .list()
        .getItems();
  }

  private List<Pod> podsOf(FusionTraining training) {
    return client
        .pods()
        .inNamespace(training.getMetadata().getNamespace())
        .withLabel(Labels.TRAINING_UID, training.getMetadata().getUid())
        .list()
        .getItems();
  }

  /**
   * Makes the Job of an attempt, once: where it is there already and ours, somebody before us made
   * it and did not live to write it down.
   *
   * @param create sends the Job to the API server and remembers the answer
   */
  Observation create(Observation seen, int attempt, UnaryOperator<Job> create) {
    FusionTraining training = seen.training();
    String image =
        seen.recorded().map(FusionTrainingStatus::image).orElseGet(() -> jobs.image(training));
    Job job = jobs.of(training, seen.run(), attempt, image);
    try {
      Job made = create.apply(job);
      tell(training, "JobCreated", "made Job " + made.getMetadata().getName());
      return seen.with(made);
    } catch (KubernetesClientException e) {
      if (e.getCode() == HttpURLConnection.HTTP_CONFLICT) {
        return taken(seen, job);
      }
      if (e.getStatus() == null) {
        throw e; // no answer is no refusal: it is tried again
      }
      boolean invalid = e.getCode() == UNPROCESSABLE;
      return seen.with(
          new Refusal(
              invalid ? Kind.INVALID : Kind.REFUSED,
              "the API server refused the Job: " + e.getStatus().getMessage()));
    }
  }

  private Observation taken(Observation seen, Job wanted) {
    Job there = client.resource(wanted).get();
    String name = wanted.getMetadata().getName();
    if (there == null) {
      return seen.with(new Refusal(Kind.NAME_IN_USE, "Job " + name + " was there and is gone"));
    }
    boolean ours =
        there.getMetadata().getOwnerReferences().stream()
            .anyMatch(owner -> owner.getUid().equals(seen.training().getMetadata().getUid()));
    if (ours) {
      return seen.with(there);
    }
    return seen.with(
        there.isMarkedForDeletion()
            ? new Refusal(Kind.NAME_IN_USE, "another Job " + name + " is being deleted")
            : new Refusal(
                Kind.NAME_TAKEN,
                "another Job has the name "
                    + name
                    + "; delete or rename it, and set a new spec.runId"));
  }

  /**
   * Deletes a Job and its pods.
   *
   * @param awaited whether it stays to be seen until its pods are gone
   */
  void delete(FusionTraining training, JobView job, boolean awaited) {
    client
        .batch()
        .v1()
        .jobs()
        .inNamespace(training.getMetadata().getNamespace())
        .withName(job.name())
        .withPropagationPolicy(
            awaited ? DeletionPropagation.FOREGROUND : DeletionPropagation.BACKGROUND)
        .delete();
    tell(training, "JobDeleted", "deleted Job " + job.name());
  }

  /**
   * Ends a pod that has lingered: its Job then counts the trainer's end, and tries again or not.
   */
  void end(FusionTraining training, LingeringPod lingering) {
    String name = lingering.pod().name();
    client.pods().inNamespace(training.getMetadata().getNamespace()).withName(name).delete();
    tell(
        training,
        "PodDeleted",
        "deleted pod %s: its trainer has ended, and other containers (%s) had not"
            .formatted(name, lingering.containers()));
  }

  private void tell(FusionTraining training, String reason, String message) {
    events.tell(training, new Announcement("Normal", reason, message));
  }
}
