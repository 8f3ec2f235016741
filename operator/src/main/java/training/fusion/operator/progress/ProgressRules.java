package training.fusion.operator.progress;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import training.fusion.api.resource.FusionTrainingStatus.Progress;
import training.fusion.api.run.ProgressReport;
import training.fusion.api.run.RunPhase;
import training.fusion.operator.job.TrainerPod;
import training.fusion.operator.resource.Conditions;
import training.fusion.operator.watch.Observation;

/**
 * Which reports count. Only the newest live pod of the training's current Job may report, each
 * report of a pod is newer than the one before, and the status is written at most so often.
 */
final class ProgressRules {
  private ProgressRules() {}

  /** Why a report changes nothing; empty when it is to be written. */
  static Optional<Answer> reason(
      Observation seen, TrainerPod pod, ProgressReport report, Duration minimumInterval) {
    if (seen.hasFinished()) {
      return Optional.of(Answer.stale("the run has ended"));
    }
    if (pod.hasEnded()) {
      return Optional.of(Answer.stale("the pod has ended"));
    }
    if (seen.newestPod().filter(newest -> newest.uid().equals(pod.uid())).isEmpty()) {
      return Optional.of(Answer.stale("the pod is not the newest of the training's current Job"));
    }
    Progress before = progress(seen);
    if (before == null || !pod.uid().equals(before.podUid())) {
      return Optional.empty();
    }
    if (before.sequence() != null && report.sequence() <= before.sequence()) {
      return Optional.of(Answer.stale("report " + before.sequence() + " of this pod was taken"));
    }
    return !isNews(before, report) && isTooEarly(seen.now(), before, minimumInterval)
        ? Optional.of(Answer.taken("taken; the status was written a moment ago"))
        : Optional.empty();
  }

  // a new evaluation, the last step, or the test: people wait for these
  private static boolean isNews(Progress before, ProgressReport report) {
    boolean evaluated = report.metrics() != null && !report.metrics().equals(before.metrics());
    boolean atTheEnd = report.step() == report.steps();
    boolean tests = report.phase() == RunPhase.TESTING && before.phase() != RunPhase.TESTING;
    return evaluated || tests || (atTheEnd && !Objects.equals(before.step(), report.step()));
  }

  private static boolean isTooEarly(Instant now, Progress before, Duration minimumInterval) {
    return Conditions.instant(before.lastReportTime())
        .filter(last -> now.isBefore(last.plus(minimumInterval)))
        .isPresent();
  }

  /** What the status says after a report. */
  static Progress after(Observation seen, TrainerPod pod, ProgressReport report) {
    return new Progress(
        report.epoch(),
        report.epochs(),
        report.step(),
        report.steps(),
        (int) (100 * report.step() / report.steps()),
        report.imagesPerSecond(),
        report.remainingSeconds() == null
            ? null
            : time(seen.now().plusSeconds(report.remainingSeconds()), ChronoUnit.SECONDS),
        time(seen.now(), ChronoUnit.MILLIS),
        pod.jobUid(),
        pod.uid(),
        report.sequence(),
        report.resumedFromStep(),
        report.metrics(),
        report.best(),
        report.checkpoint(),
        report.history(),
        report.classesWithoutPictures(),
        report.phase());
  }

  private static String time(Instant instant, ChronoUnit unit) {
    return instant.truncatedTo(unit).toString();
  }

  static @Nullable Progress progress(Observation seen) {
    return seen.training().getStatus() == null ? null : seen.training().getStatus().progress();
  }
}
