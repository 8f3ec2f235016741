package training.fusion.operator.status;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import training.fusion.api.resource.FusionTrainingSpec;
import training.fusion.api.resource.FusionTrainingStatus;
import training.fusion.api.resource.FusionTrainingStatus.Progress;
import training.fusion.api.resource.FusionTrainingStatus.ResultSource;
import training.fusion.api.run.Metrics;
import training.fusion.api.run.Metrics.Split;
import training.fusion.api.run.ParameterCounts;
import training.fusion.api.run.RunResult;
import training.fusion.api.run.SavedCheckpoint;

/** What the trainer says, copied up to where people look: from its reports, then its result. */
final class Reported {
  private static final ObjectMapper JSON = Serialization.jsonMapper();

  private Reported() {}

  /** Copies the newest report's evaluation and checkpoint, if it is of this run's Job. */
  static void write(ObjectNode next, Observation seen) {
    if (!next.has("optimization")) {
      optimization(next, seen, null, null);
    }
    Progress progress = progress(seen);
    if (progress == null) {
      return;
    }
    Metrics metrics = progress.metrics();
    if (metrics != null) {
      set(next, "metrics", metrics);
      set(next, metrics.split() == Split.TEST ? "test" : "validation", metrics);
    }
    set(next, "best", progress.best());
    set(next, "checkpoint", progress.checkpoint());
    set(next, "classesWithoutPictures", progress.classesWithoutPictures());
  }

  /** The newest checkpoint of the run that is known from reports. */
  static Optional<SavedCheckpoint> checkpoint(Observation seen) {
    return Optional.ofNullable(progress(seen))
        .map(Progress::checkpoint)
        .or(() -> seen.recorded().map(FusionTrainingStatus::checkpoint));
  }

  /** Whether the trainer has reported the last step of its run. */
  static boolean isAtTheEnd(Observation seen) {
    Progress progress = progress(seen);
    return progress != null && progress.steps() != null && progress.steps().equals(progress.step());
  }

  private static @Nullable Progress progress(Observation seen) {
    FusionTrainingStatus status = seen.training().getStatus();
    Progress progress = status == null ? null : status.progress();
    return progress == null
            || seen.job().filter(job -> job.uid().equals(progress.jobUid())).isEmpty()
        ? null
        : progress;
  }

  /** Copies the result over it: the trainer's last and authoritative word. */
  static void write(ObjectNode next, Observation seen, Outcome end) {
    next.put("completionTime", Conditions.time(end.time()));
    set(next, "history", History.of(progress(seen), end.result().orElse(null)));
    if (end.result().isEmpty()) {
      if (end instanceof Outcome.Succeeded) {
        set(next, "resultSource", ResultSource.PROGRESS);
      }
      return;
    }
    RunResult result = end.result().get();
    set(next, "validation", result.validation());
    set(next, "best", result.best());
    set(next, "test", result.test());
    set(next, "metrics", first(result.test(), result.best(), result.validation()));
    set(next, "skippedPictures", result.skippedPictures());
    if (!next.has("classesWithoutPictures")) { // a report names them, too
      set(next, "classesWithoutPictures", result.classesWithoutPictures());
    }
    set(next, "checkpoint", result.checkpoint());
    set(next, "model", result.model());
    set(next, "ema", result.ema());
    set(next, "stoppedEarly", result.stoppedEarly());
    set(next, "pretrainedVariant", result.pretrainedVariant());
    set(next, "resultSource", ResultSource.TERMINATION_MESSAGE);
    optimization(next, seen, result.parameters(), result.swatsSwitchStep());
  }

  private static void optimization(
      ObjectNode next,
      Observation seen,
      @Nullable ParameterCounts parameters,
      @Nullable Long switchStep) {
    FusionTrainingSpec spec = seen.training().getSpec();
    set(next, "optimization", OptimizationSummary.of(spec, parameters, switchStep));
  }

  private static @Nullable Metrics first(@Nullable Metrics... metrics) {
    for (Metrics candidate : metrics) {
      if (candidate != null) {
        return candidate;
      }
    }
    return null;
  }

  private static void set(ObjectNode next, String field, @Nullable Object value) {
    if (value != null) {
      next.set(field, JSON.valueToTree(value));
    }
  }
}
