package training.fusion.operator.diagnosis;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import training.fusion.api.resource.FusionTrainingStatus;
import training.fusion.api.resource.FusionTrainingStatus.FailureRecord;
import training.fusion.api.run.RunResult;
import training.fusion.api.run.SavedCheckpoint;
import training.fusion.operator.bounds.Shortened;
import training.fusion.operator.job.JobView;
import training.fusion.operator.job.TerminationMessage;
import training.fusion.operator.job.TrainerPod;
import training.fusion.operator.resource.Conditions;
import training.fusion.operator.watch.LingeringPod;
import training.fusion.operator.watch.Observation;

/**
 * A run's failed pods: how many, and the last five in words. Pods go with their Job, so what was
 * once noted is kept.
 *
 * @param restarts failed pods of the run
 * @param last the newest last
 */
public record FailureHistory(int restarts, List<FailureRecord> last) {
  static final int KEPT = 5;
  private static final Duration FIRST_BACK_OFF = Duration.ofSeconds(10);
  private static final Duration LATE = Duration.ofSeconds(30);
  private static final int LONGEST_MESSAGE = 1024;
  private static final int LONGEST_REASON = 64;

  /** What is noted of the run, with the failed pods of its Job that are not noted yet. */
  public static FailureHistory of(Observation seen) {
    int restarts = seen.recorded().map(FusionTrainingStatus::restarts).orElse(0);
    List<FailureRecord> noted =
        new ArrayList<>(seen.recorded().map(FusionTrainingStatus::failures).orElse(List.of()));
    for (TrainerPod pod : failedPods(seen)) {
      if (!isNoted(pod, noted)) {
        noted.add(record(seen, pod));
        restarts++;
      }
    }
    LostResult.of(seen)
        .filter(lost -> noted.stream().noneMatch(it -> isSame(it, lost)))
        .ifPresent(noted::add);
    return new FailureHistory(
        restarts, List.copyOf(noted.subList(Math.max(0, noted.size() - KEPT), noted.size())));
  }

  // Pods that end because their Job is deleted or held back did what they were told. What fails
  // beside a trainer that left its result is no failure of the run's.
  private static List<TrainerPod> failedPods(Observation seen) {
    return seen.job()
        .filter(job -> !job.isBeingDeleted() && !job.isSuspended())
        .map(job -> seen.jobPods(job).stream())
        .orElse(Stream.of())
        .filter(pod -> pod.hasFailed() || isGivenUp(pod, seen.now()))
        .filter(pod -> TerminationMessage.ofTrained(pod, seen.run()).isEmpty())
        .toList();
  }

  // We end it ourselves then, and it may be gone before its failure is seen.
  private static boolean isGivenUp(TrainerPod pod, Instant now) {
    return !pod.hasTrained()
        && LingeringPod.of(pod).filter(lingering -> lingering.isOverdue(now)).isPresent();
  }

  /** The newest failed pod of this Job that is noted: the pod itself may be gone by now. */
  static Optional<FailureRecord> newestOf(JobView job, Observation seen) {
    return of(seen).last().stream()
        .filter(failure -> Integer.valueOf(job.attempt()).equals(failure.attempt()))
        .reduce((older, newer) -> newer);
  }

  /**
   * Until when a Job may take to make the next pod after a counted failure: its back-off doubles
   * from 10 s to 10 min, and begins when the failed pod has ended with all its containers.
   */
  static Optional<Instant> retryExpected(FailureRecord failure, Observation seen) {
    if (Boolean.TRUE.equals(failure.disruption())) {
      return Optional.empty();
    }
    long counted =
        of(seen).last().stream()
            .filter(it -> Objects.equals(it.attempt(), failure.attempt()))
            .filter(it -> !Boolean.TRUE.equals(it.disruption()))
            .count();
    Duration backOff = FIRST_BACK_OFF.multipliedBy(1L << (counted - 1));
    return Conditions.instant(failure.time())
        .map(time -> time.plus(LingeringPod.PATIENCE).plus(backOff).plus(LATE));
  }

  private static boolean isNoted(TrainerPod pod, List<FailureRecord> noted) {
    boolean listed = noted.stream().anyMatch(failure -> pod.name().equals(failure.pod()));
    boolean fellOffTheList =
        noted.size() >= KEPT
            && Conditions.instant(noted.get(0).time())
                .filter(pod.endedAt().orElse(pod.created())::isBefore)
                .isPresent();
    return listed || fellOffTheList;
  }

  private static boolean isSame(FailureRecord noted, FailureRecord lost) {
    return LostResult.isNoted(noted) && Objects.equals(noted.attempt(), lost.attempt());
  }

  private static FailureRecord record(Observation seen, TrainerPod pod) {
    Trouble trouble = PodFailure.of(seen, pod);
    return new FailureRecord(
        Conditions.time(pod.endedAt().orElse(seen.now())),
        seen.job().map(JobView::attempt).orElse(0),
        pod.name(),
        pod.node(),
        pod.terminated().map(terminated -> terminated.getExitCode()).orElse(null),
        pod.isDisrupted() ? true : null,
        checkpointStep(seen, pod),
        Shortened.toCharacters(trouble.reason(), LONGEST_REASON),
        Shortened.toCharacters(trouble.message(), LONGEST_MESSAGE));
  }

  // What the pod said at its end, else what was reported; nothing lasts without a volume.
  private static @Nullable Long checkpointStep(Observation seen, TrainerPod pod) {
    if (!seen.isKept()) {
      return null;
    }
    return TerminationMessage.of(pod, seen.run())
        .map(RunResult::checkpoint)
        .or(() -> LastReport.checkpoint(seen))
        .map(SavedCheckpoint::step)
        .orElse(null);
  }
}
