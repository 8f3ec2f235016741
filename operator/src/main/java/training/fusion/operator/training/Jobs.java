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
import training.fusion.operator.resource.Deletion;
import training.fusion.operator.resource.Ownership;
import training.fusion.operator.resource.Refusal;
import training.fusion.operator.resource.StatusSubresource;
import training.fusion.operator.status.Announcement;
import training.fusion.operator.watch.LingeringPod;
import training.fusion.operator.watch.Observation;
import training.fusion.operator.watch.TrainingInformers;

/** Reads, makes and deletes a training's Jobs, and ends their pods, at the API server itself. */
@Singleton
class Jobs {
  private final KubernetesClient client;
  private final TrainingJob jobs;
  private final TrainingInformers watched;
  private final Events events;

  Jobs(KubernetesClient client, TrainingJob jobs, TrainingInformers watched, Events events) {
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
    Optional<Job> unlabelled = unlabelled(seen);
    if (unlabelled.isPresent()) {
      return seen.with(new Refusal(Refusal.Kind.REFUSED, unlabelled(unlabelled.get())));
    }
    String image =
        seen.recorded().map(FusionTrainingStatus::image).orElseGet(() -> jobs.image(training));
    Job job = jobs.of(training, seen.run(), attempt, image);
    try {
      Job made = create.apply(job);
      tell(training, "JobCreated", "made Job " + made.getMetadata().getName());
      return seen.with(made);
    } catch (KubernetesClientException e) {
      return e.getCode() == HttpURLConnection.HTTP_CONFLICT
          ? taken(seen, job, e)
          : seen.with(Refusal.of(e, "to make the Job"));
    }
  }

  /** The run's last Job, where it goes on and is not seen: somebody has taken its labels. */
  private Optional<Job> unlabelled(Observation seen) {
    return seen.recorded()
        .map(FusionTrainingStatus::jobName)
        .filter(name -> seen.jobs().stream().noneMatch(job -> job.name().equals(name)))
        .map(
            name ->
                client
                    .batch()
                    .v1()
                    .jobs()
                    .inNamespace(seen.training().getMetadata().getNamespace())
                    .withName(name)
                    .get())
        .filter(job -> Ownership.isOurs(job, seen.training()))
        .filter(job -> !new JobView(job).isBeingDeleted() && !new JobView(job).hasEnded());
  }

  private static String unlabelled(Job job) {
    return "Job %s is this training's and goes on, but has lost its label %s, so nothing of it is seen; to let another take its place, delete it"
        .formatted(job.getMetadata().getName(), Labels.TRAINING_UID);
  }

  private Observation taken(Observation seen, Job wanted, KubernetesClientException e) {
    Job there = client.resource(wanted).get();
    if (there == null) {
      return seen.with(Refusal.of(e, "to make the Job")); // a quota was changed at the same time
    }
    return Ownership.isOurs(there, seen.training())
        ? seen.with(there)
        : seen.with(Refusal.ofName(there, seen.training(), "delete it, and set a new spec.runId"));
  }

  /**
   * Deletes a Job and its pods: this very one, whatever has its name by now.
   *
   * @param awaited whether it stays to be seen until its pods are gone
   */
  Observation delete(Observation seen, JobView job, boolean awaited) {
    DeletionPropagation propagation =
        awaited ? DeletionPropagation.FOREGROUND : DeletionPropagation.BACKGROUND;
    try {
      if (Deletion.of(client, "/apis/batch/v1", "jobs", job.job(), propagation)) {
        tell(seen.training(), "JobDeleted", "deleted Job " + job.name());
      }
      return seen;
    } catch (KubernetesClientException e) {
      if (StatusSubresource.isConflict(e)) {
        throw e; // that Job is gone, and another has its name
      }
      String words = Refusal.of(e, "to delete Job " + job.name()).message();
      return seen.with(new Refusal(Refusal.Kind.REFUSED, words)); // never for good
    }
  }

  /**
   * Ends a pod that has lingered: its Job then counts the trainer's end, and tries again or not.
   */
  void end(FusionTraining training, LingeringPod lingering) {
    if (Deletion.of(
        client, "/api/v1", "pods", lingering.pod().pod(), DeletionPropagation.BACKGROUND)) {
      tell(
          training,
          "PodDeleted",
          "deleted pod %s: its trainer has ended, and other containers (%s) had not"
              .formatted(lingering.pod().name(), lingering.containers()));
    }
  }

  private void tell(FusionTraining training, String reason, String message) {
    events.tell(training, new Announcement("Normal", reason, message));
  }
}
