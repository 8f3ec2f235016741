package training.fusion.operator.diagnosis;

import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import training.fusion.api.resource.FusionTrainingStatus;
import training.fusion.api.resource.FusionTrainingStatus.Progress;
import training.fusion.api.run.SavedCheckpoint;
import training.fusion.operator.job.TrainerPod;
import training.fusion.operator.resource.Conditions;
import training.fusion.operator.watch.Observation;

/** What the trainer has said last, before its result. */
public final class LastReport {
  private LastReport() {}

  /** The newest report; absent where there is none of this run's Job. */
  public static @Nullable Progress of(Observation seen) {
    Progress progress = newest(seen);
    return progress == null
            || seen.job().filter(job -> job.uid().equals(progress.jobUid())).isEmpty()
        ? null
        : progress;
  }

  /** When this pod has reported last. */
  static Optional<Instant> time(Observation seen, TrainerPod pod) {
    Progress progress = newest(seen);
    return progress == null || !pod.uid().equals(progress.podUid())
        ? Optional.empty()
        : Conditions.instant(progress.lastReportTime());
  }

  /** The newest checkpoint of the run that is known from reports. */
  static Optional<SavedCheckpoint> checkpoint(Observation seen) {
    return Optional.ofNullable(of(seen))
        .map(Progress::checkpoint)
        .or(() -> seen.recorded().map(FusionTrainingStatus::checkpoint));
  }

  /** Whether the trainer has reported the last step of its run. */
  static boolean isAtTheEnd(Observation seen) {
    Progress progress = of(seen);
    return progress != null && progress.steps() != null && progress.steps().equals(progress.step());
  }

  private static @Nullable Progress newest(Observation seen) {
    FusionTrainingStatus status = seen.training().getStatus();
    return status == null ? null : status.progress();
  }
}
