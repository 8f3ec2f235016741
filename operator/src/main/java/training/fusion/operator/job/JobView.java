package training.fusion.operator.job;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobCondition;
import io.fabric8.kubernetes.api.model.batch.v1.JobStatus;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import training.fusion.api.resource.FusionTraining;
import training.fusion.api.resource.PodSettings;

/** A training's Job, as Kubernetes describes it. */
public record JobView(Job job) {
  private static final String JOB_CONTROLLER = "kubernetes.io/job-controller";

  /** The Job's name. */
  public String name() {
    return job.getMetadata().getName();
  }

  /** The Job's uid. */
  public String uid() {
    return job.getMetadata().getUid();
  }

  /** When the Job was made. */
  public Instant created() {
    return Instant.parse(job.getMetadata().getCreationTimestamp());
  }

  /**
   * When the Job controller took it up, after its newest suspension; when it was made if not yet.
   */
  public Instant started() {
    JobStatus status = job.getStatus();
    return status == null || status.getStartTime() == null
        ? created()
        : Instant.parse(status.getStartTime());
  }

  /** {@link RunKey} of its run. */
  public String runKey() {
    return Labels.value(job, Labels.RUN);
  }

  /** Which Job of its run, from 1; 0 when the label is no number. */
  public int attempt() {
    String attempt = Labels.value(job, Labels.ATTEMPT);
    return attempt.matches("[0-9]{1,9}") ? Integer.parseInt(attempt) : 0;
  }

  /** The epoch after which its pods pause; empty: they train to the end. */
  public Optional<Integer> pauseAfterEpoch() {
    return Optional.ofNullable(job.getMetadata().getAnnotations())
        .map(annotations -> annotations.get(Labels.PAUSE_AFTER_EPOCH))
        .filter(epoch -> epoch.matches("[0-9]{1,9}"))
        .map(Integer::valueOf);
  }

  /** Whether the training is to pause by now before its pods would. */
  public boolean pausesTooLate(FusionTraining training) {
    Integer asked = training.getSpec().pauseAfterEpoch();
    return asked != null && pauseAfterEpoch().filter(epoch -> epoch <= asked).isEmpty();
  }

  /** The trainer's image; empty where somebody has taken its container out of the Job. */
  public Optional<String> image() {
    return job.getSpec().getTemplate().getSpec().getContainers().stream()
        .filter(container -> TrainerPod.CONTAINER.equals(container.getName()))
        .map(Container::getImage)
        .findFirst();
  }

  /**
   * Images that the training asks for as volumes and that the API server has dropped from the Job.
   */
  public List<String> droppedImages(FusionTraining training) {
    return TrainerVolumes.droppedImages(training, job);
  }

  /** Whether the training asks for a device by a claim that the API server has dropped. */
  public boolean hasLostItsClaim(FusionTraining training) {
    PodSettings pod = training.getSpec().pod();
    return pod != null
        && !TrainerResources.claims(pod).isEmpty()
        && job.getSpec().getTemplate().getSpec().getResourceClaims().isEmpty();
  }

  /** Whether the training asks for another affinity by now than the Job was made with. */
  public boolean hasOtherAffinity(FusionTraining training) {
    var pod = training.getSpec().pod();
    return !Objects.equals(
        pod == null ? null : pod.affinity(), job.getSpec().getTemplate().getSpec().getAffinity());
  }

  /** Whether it is on its way out. */
  public boolean isBeingDeleted() {
    return job.getMetadata().getDeletionTimestamp() != null;
  }

  /** Whether a queue or somebody else holds it back. */
  public boolean isSuspended() {
    return Boolean.TRUE.equals(job.getSpec().getSuspend());
  }

  /** Who runs it in the Job controller's place, if somebody does; its pods may be elsewhere. */
  public Optional<String> manager() {
    return Optional.ofNullable(job.getSpec().getManagedBy())
        .filter(manager -> !manager.equals(JOB_CONTROLLER));
  }

  /** Whether it has pods that have not ended, wherever they are. */
  public boolean hasActivePods() {
    JobStatus status = job.getStatus();
    return status != null && status.getActive() != null && status.getActive() > 0;
  }

  /** Whether somebody has told it to make no pods. */
  public boolean makesNoPods() {
    return Integer.valueOf(0).equals(job.getSpec().getParallelism());
  }

  /** Whether its pod succeeded. */
  public boolean isComplete() {
    return condition("Complete").isPresent();
  }

  /** Why it has failed, if it has. */
  public Optional<JobCondition> failure() {
    return condition("Failed");
  }

  /** Whether it will make no more pods. */
  public boolean hasEnded() {
    return isComplete() || failure().isPresent();
  }

  private Optional<JobCondition> condition(String type) {
    JobStatus status = job.getStatus();
    List<JobCondition> conditions =
        status == null || status.getConditions() == null ? List.of() : status.getConditions();
    return conditions.stream()
        .filter(condition -> type.equals(condition.getType()))
        .filter(condition -> "True".equals(condition.getStatus()))
        .findFirst();
  }
}
