package training.fusion.operator.status;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import java.util.Optional;
import training.fusion.api.resource.FusionTrainingStatus;
import training.fusion.api.resource.FusionTrainingStatus.State;
import training.fusion.operator.reading.UnreadField;
import training.fusion.operator.resource.Conditions;
import training.fusion.operator.resource.Conditions.Stated;
import training.fusion.operator.resource.MergePatch;
import training.fusion.operator.watch.Observation;

/**
 * What is told of a training that this operator cannot read whole. It does nothing about one: what
 * runs goes on, and is taken up again when the training is corrected, or the operator is newer. So
 * that is no row of the truth table, and of the status only two conditions are touched: the rest
 * may be a newer operator's, whose words this one would misread.
 */
final class Unreadable {
  private static final ObjectMapper JSON = Serialization.jsonMapper();
  private static final String REASON = "Unreadable";
  private static final int LONGEST = 4096;

  private Unreadable() {}

  static StatusChange change(Observation seen) {
    ObjectNode before = StatusChange.lifecycle(seen.training().getStatus());
    ObjectNode next = before.deepCopy();
    next.put("observedGeneration", seen.training().getMetadata().getGeneration());
    if (seen.recorded().isEmpty()) {
      next.remove("runKey"); // it is of another spec than the one that is observed
    }
    if (!seen.hasFinished()) {
      List<Condition> conditions = seen.conditions();
      String message = message(seen);
      next.set("conditions", JSON.valueToTree(conditions(message, conditions, seen)));
      if (state(seen).isEmpty() && isRead(seen, "status.state")) {
        next.set("state", JSON.valueToTree(State.PENDING));
      }
      if (!isTold(conditions)) {
        var news = new Announcement("Warning", REASON, message);
        return new StatusChange(MergePatch.between(before, next), null, List.of(news));
      }
    }
    return new StatusChange(MergePatch.between(before, next), null, List.of());
  }

  private static List<Condition> conditions(
      String message, List<Condition> before, Observation seen) {
    return Conditions.of(
        List.of(
            new Stated("Reconciling", false, REASON, ""),
            new Stated("Stalled", true, REASON, message)),
        before,
        seen.now());
  }

  private static String message(Observation seen) {
    String sentence =
        UnreadField.sentence(UnreadField.of(seen.training()))
            + "; correct it, or install an operator that knows it";
    return sentence.length() <= LONGEST ? sentence : sentence.substring(0, LONGEST - 1) + "…";
  }

  private static Optional<State> state(Observation seen) {
    return Optional.ofNullable(seen.training().getStatus()).map(FusionTrainingStatus::state);
  }

  private static boolean isRead(Observation seen, String field) {
    return UnreadField.of(seen.training()).stream()
        .noneMatch(unread -> unread.field().equals(field));
  }

  private static boolean isTold(List<Condition> conditions) {
    return Conditions.find(conditions, "Stalled")
        .filter(stalled -> REASON.equals(stalled.getReason()))
        .isPresent();
  }
}
