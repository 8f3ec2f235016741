package training.fusion.operator.status;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import training.fusion.api.Architecture;
import training.fusion.api.resource.FusionTrainingSpec;
import training.fusion.api.resource.FusionTrainingStatus;
import training.fusion.api.resource.FusionTrainingStatus.Pause;
import training.fusion.api.resource.FusionTrainingStatus.Progress;
import training.fusion.api.resource.FusionTrainingStatus.ResultSource;
import training.fusion.api.run.Metrics;
import training.fusion.api.run.Metrics.Split;
import training.fusion.api.run.ParameterCounts;
import training.fusion.api.run.RunResult;
import training.fusion.operator.diagnosis.LastReport;
import training.fusion.operator.diagnosis.Outcome;
import training.fusion.operator.resource.Conditions;
import training.fusion.operator.watch.Observation;

/** What the trainer says, copied up to where people look: from its reports, then its result. */
final class ReportedFields {
  private static final ObjectMapper JSON = Serialization.jsonMapper();

  /** What result and status call by the same name, but for what the status has from elsewhere. */
  private static final Set<String> COPIED = copied();

  private ReportedFields() {}

  /** Copies the newest report's evaluation and checkpoint, if it is of this run's Job. */
  static void write(ObjectNode next, Observation seen) {
    if (!next.has("optimization")) {
      optimization(next, seen, null, null, null);
      unseenPixels(next, seen.training().getSpec());
    }
    Progress progress = LastReport.of(seen);
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

  /** Copies the result over it: the trainer's last and authoritative word. */
  static void write(ObjectNode next, Observation seen, Outcome end) {
    next.put("completionTime", Conditions.time(end.time()));
    set(next, "history", StatusHistory.of(LastReport.of(seen), end.result().orElse(null)));
    if (end.result().isEmpty()) {
      if (end instanceof Outcome.Succeeded) {
        set(next, "resultSource", ResultSource.PROGRESS);
      }
      return;
    }
    RunResult result = end.result().get();
    ObjectNode told = JSON.<ObjectNode>valueToTree(result).retain(COPIED);
    if (next.has("classesWithoutPictures")) { // a report names them, too
      told.remove("classesWithoutPictures");
    }
    if (result.failure() == null && result.checkpoint() == null) {
      next.remove("checkpoint"); // what was reported before is not kept in the end
    }
    next.setAll(told);
    set(next, "metrics", first(result.test(), result.best(), result.validation()));
    set(next, "resultSource", ResultSource.TERMINATION_MESSAGE);
    optimization(
        next, seen, result.parameters(), result.levelParameters(), result.swatsSwitchStep());
  }

  /** Copies what the trainer said when it paused; the run goes on, so nothing of an end. */
  static void writePause(ObjectNode next, RunResult pause) {
    next.setAll(JSON.<ObjectNode>valueToTree(pause).retain("validation", "best", "checkpoint"));
    set(next, "metrics", pause.validation());
    ArrayNode pauses = next.withArray("pauses");
    for (int i = pauses.size() - 1; i >= 0; i--) {
      if (pauses.get(i).path("epoch").asInt() >= pause.epoch()) {
        pauses.remove(i); // told before, or of what was lost with its volume
      }
    }
    pauses.add(JSON.valueToTree(new Pause(pause.epoch(), pause.validation())));
    while (pauses.size() > FusionTrainingStatus.MOST_PAUSES) {
      pauses.remove(0);
    }
  }

  private static Set<String> copied() {
    Set<String> names = components(RunResult.class);
    names.retainAll(components(FusionTrainingStatus.class));
    names.removeAll(Set.of("runKey", "history"));
    return Set.copyOf(names);
  }

  private static Set<String> components(Class<? extends Record> type) {
    return Arrays.stream(type.getRecordComponents())
        .map(RecordComponent::getName)
        .collect(Collectors.toCollection(HashSet::new));
  }

  private static void optimization(
      ObjectNode next,
      Observation seen,
      @Nullable ParameterCounts parameters,
      @Nullable List<Long> levels,
      @Nullable Long switchStep) {
    FusionTrainingSpec spec = seen.training().getSpec();
    set(next, "optimization", ReportedOptimization.of(spec, parameters, levels, switchStep));
  }

  private static void unseenPixels(ObjectNode next, FusionTrainingSpec spec) {
    Architecture architecture = spec.model().architecture();
    if (architecture == null) {
      return; // what somebody's own network looks at nobody knows
    }
    Integer asked = spec.training().imageSize();
    int unseen = architecture.unseenPixels(asked == null ? architecture.imageSize() : asked);
    set(next, "unseenPixels", unseen == 0 ? null : unseen);
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
