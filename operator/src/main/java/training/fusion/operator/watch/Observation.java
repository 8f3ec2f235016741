package training.fusion.operator.watch;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import training.fusion.api.resource.FusionTraining;
import training.fusion.api.resource.FusionTrainingStatus;
import training.fusion.api.resource.FusionTrainingStatus.State;
import training.fusion.api.resource.RunPolicy;
import training.fusion.api.run.RunResult;
import training.fusion.operator.job.JobView;
import training.fusion.operator.job.Labels;
import training.fusion.operator.job.RunKey;
import training.fusion.operator.job.TerminationMessage;
import training.fusion.operator.job.TrainerPod;
import training.fusion.operator.reading.UnreadField;
import training.fusion.operator.resource.Conditions;
import training.fusion.operator.resource.Refusal;

/**
 * All that is known of a training at one moment. Decision and status are functions of it.
 *
 * @param run that the spec asks for
 * @param jobs the training's Jobs, of whatever run
 * @param pods the training's pods, of whatever run
 * @param live whether it was read from the API server just now, not from caches that may lag
 * @param refusal what the API server said to the Job that was to be made or deleted, or to its pod,
 *     if it was refused
 */
public record Observation(
    FusionTraining training,
    RunKey run,
    List<JobView> jobs,
    List<TrainerPod> pods,
    Instant now,
    boolean live,
    @Nullable Refusal refusal) {

  /** An observation of a training, and so of the run that its spec asks for. */
  public Observation(
      FusionTraining training,
      List<JobView> jobs,
      List<TrainerPod> pods,
      Instant now,
      boolean live,
      @Nullable Refusal refusal) {
    this(training, RunKey.of(training), jobs, pods, now, live, refusal);
  }

  /** {@code spec.runId}, or the empty string. */
  public String runId() {
    String runId = training.getSpec().runId();
    return runId == null ? "" : runId;
  }

  /** What the status says of this run; empty when it describes another run or none. */
  public Optional<FusionTrainingStatus> recorded() {
    return Optional.ofNullable(training.getStatus())
        .filter(status -> run().value().equals(status.runKey()));
  }

  /** The conditions as they were written last, of whatever run. */
  public List<Condition> conditions() {
    return Optional.ofNullable(training.getStatus())
        .map(FusionTrainingStatus::conditions)
        .orElse(List.of());
  }

  /** Whether the training was read whole; of one that was not, nothing is made or deleted. */
  public boolean isReadable() {
    return UnreadField.of(training).isEmpty();
  }

  /** Whether the status says that this run is over. It is never run again then. */
  public boolean hasFinished() {
    return recorded()
        .map(FusionTrainingStatus::state)
        .filter(state -> state == State.SUCCEEDED || state == State.FAILED)
        .isPresent();
  }

  /** Whether the user asks for the run to stop. */
  public boolean suspended() {
    return Boolean.TRUE.equals(training.getSpec().suspend());
  }

  /** What the newest pod left, if it has saved and ended where its spec told it to pause. */
  public Optional<RunResult> pause() {
    return newestPod()
        .filter(TrainerPod::hasTrained)
        .flatMap(pod -> TerminationMessage.of(pod, run))
        .filter(RunResult::hasPaused);
  }

  /** Whether the run has got as far as the spec lets it go for now. */
  public boolean isPaused() {
    Integer last = training.getSpec().pauseAfterEpoch();
    return last != null && pausedAfter().filter(epoch -> epoch >= last).isPresent();
  }

  /** After which epoch the run has paused last. */
  public Optional<Integer> pausedAfter() {
    return pause().map(RunResult::epoch).or(this::lastPause);
  }

  /** The same, as far as it is written down. */
  public Optional<Integer> lastPause() {
    return recorded()
        .map(FusionTrainingStatus::pauses)
        .filter(pauses -> !pauses.isEmpty())
        .map(pauses -> pauses.get(pauses.size() - 1).epoch());
  }

  /** Retries and deadlines, if the spec has any. */
  public Optional<RunPolicy> policy() {
    return Optional.ofNullable(training.getSpec().runPolicy());
  }

  /** Jobs of earlier runs. */
  public List<JobView> supersededJobs() {
    return jobs.stream().filter(job -> !run().value().equals(job.runKey())).toList();
  }

  /** The newest Job of this run, if there is one. */
  public Optional<JobView> job() {
    return jobs.stream()
        .filter(job -> run().value().equals(job.runKey()))
        .max(Comparator.comparing(JobView::attempt));
  }

  /** How many Jobs were made for this run. */
  public int attempts() {
    int recorded = recorded().map(FusionTrainingStatus::attempt).orElse(0);
    return Math.max(recorded, job().map(JobView::attempt).orElse(0));
  }

  /** This run's pods, the oldest first. */
  public List<TrainerPod> runPods() {
    return pods.stream()
        .filter(pod -> run().value().equals(Labels.value(pod.pod(), Labels.RUN)))
        .sorted(TrainerPod.BY_AGE)
        .toList();
  }

  /** The newest pod of this run's newest Job, if there is one. */
  public Optional<TrainerPod> newestPod() {
    return job().flatMap(job -> jobPods(job).stream().reduce((older, newer) -> newer));
  }

  /** The newest pod, if its trainer has ended and other containers keep it from ending. */
  public Optional<LingeringPod> lingering() {
    return newestPod().flatMap(LingeringPod::of);
  }

  /**
   * Whether the trainer's work in a Job is over: the Job has ended, or would have but for a pod
   * that lingers beyond its time after a trainer that ended with 0.
   */
  public boolean isOver(JobView job) {
    return job.hasEnded()
        || lingering()
            .filter(it -> it.pod().hasTrained() && it.isOverdue(now))
            .filter(it -> job.uid().equals(it.pod().jobUid()))
            .isPresent();
  }

  /** Since when there is no running pod, where the status has told of one before. */
  public Optional<Instant> podLost() {
    return recorded()
        .map(FusionTrainingStatus::conditions)
        .flatMap(conditions -> Conditions.find(conditions, "PodsReady"))
        .flatMap(
            ready ->
                "True".equals(ready.getStatus())
                    ? Optional.of(now)
                    : Conditions.instant(ready.getLastTransitionTime()));
  }

  /** The pods of a Job, the oldest first. */
  public List<TrainerPod> jobPods(JobView job) {
    return runPods().stream().filter(pod -> job.uid().equals(pod.jobUid())).toList();
  }

  /** Whether a checkpoint volume keeps this run beyond its pods. */
  public boolean isKept() {
    return training.getSpec().checkpoint() != null
        && training.getSpec().checkpoint().volume() != null;
  }

  /**
   * Whether the Job has ended and what its last pod said is not to be seen: the pod is gone, or its
   * message did not arrive, and a volume has the result.
   */
  public boolean isResultMissing() {
    return job().filter(job -> isMissing(job)).isPresent();
  }

  private boolean isMissing(JobView job) {
    if (job.manager().isPresent() && jobPods(job).isEmpty()) {
      return false; // there never was one here, nor would another attempt's be
    }
    if (job.failure().isPresent()) {
      return jobPods(job).stream().noneMatch(TrainerPod::hasFailed);
    }
    return isOver(job)
        && jobPods(job).stream()
            .filter(TrainerPod::hasTrained)
            .noneMatch(pod -> !isKept() || TerminationMessage.of(pod, run()).isPresent());
  }

  /** The same with the Job that was just made. */
  public Observation with(Job made) {
    var all = new ArrayList<>(jobs);
    all.add(new JobView(made));
    return new Observation(training, run, List.copyOf(all), pods, now, live, null);
  }

  /** The same with a newer version of the training. */
  public Observation with(FusionTraining newer) {
    return new Observation(newer, jobs, pods, now, live, refusal);
  }

  /** The same with the API server's refusal of a Job. */
  public Observation with(Refusal refused) {
    return new Observation(training, run, jobs, pods, now, live, refused);
  }
}
