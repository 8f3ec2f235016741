package training.fusion.operator.status;

import io.fabric8.kubernetes.api.model.Condition;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import training.fusion.api.resource.FusionTrainingStatus;
import training.fusion.operator.diagnosis.Diagnosis;
import training.fusion.operator.diagnosis.Situation;
import training.fusion.operator.resource.Conditions;
import training.fusion.operator.watch.Observation;

/**
 * Something that people are told once, when it comes about: what {@code kubectl describe} lists.
 *
 * @param type Normal or Warning
 * @param reason one word in CamelCase
 * @param message one sentence
 */
public record Announcement(String type, String reason, String message) {
  private static final String RECONCILING = "Reconciling";

  /** What is new in a diagnosis, given the status of before. */
  static List<Announcement> of(Observation seen, Diagnosis diagnosis) {
    List<Announcement> news = new ArrayList<>();
    changeIgnored(seen).ifPresent(news::add);
    ofSituation(diagnosis)
        .filter(event -> !event.reason().equals(lastReason(seen)))
        .ifPresent(news::add);
    return List.copyOf(news);
  }

  private static Optional<Announcement> ofSituation(Diagnosis diagnosis) {
    ConditionTable.EventCell event = ConditionTable.row(diagnosis.situation()).event();
    if (event == null) {
      return Optional.empty();
    }
    String reason = event.reason().equals("*") ? diagnosis.reason() : event.reason();
    return Optional.of(new Announcement(event.type(), reason, diagnosis.message()));
  }

  // The status keeps what was told last: the reason of Reconciling is the situation or its reason.
  private static @Nullable String lastReason(Observation seen) {
    String last =
        seen.recorded()
            .map(FusionTrainingStatus::conditions)
            .flatMap(conditions -> Conditions.find(conditions, RECONCILING))
            .map(Condition::getReason)
            .orElse(null);
    return Arrays.stream(Situation.values())
        .filter(situation -> situation.toString().equals(last))
        .map(situation -> ConditionTable.row(situation).event())
        .filter(Objects::nonNull)
        .map(ConditionTable.EventCell::reason)
        .filter(reason -> !reason.equals("*"))
        .findFirst()
        .orElse(last);
  }

  // Affinity is too large for a rule that would refuse a change within a run.
  private static Optional<Announcement> changeIgnored(Observation seen) {
    boolean seenBefore =
        seen.recorded()
            .map(FusionTrainingStatus::observedGeneration)
            .filter(observed -> observed.equals(seen.training().getMetadata().getGeneration()))
            .isPresent();
    boolean changed = seen.job().filter(job -> job.hasOtherAffinity(seen.training())).isPresent();
    return changed && !seenBefore
        ? Optional.of(
            new Announcement(
                "Warning",
                "SpecChangedIgnored",
                "spec.pod.affinity counts from the next Job on; set a new spec.runId to run with it"))
        : Optional.empty();
  }
}
