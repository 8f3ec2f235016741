package training.fusion.operator.status;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A status's conditions. {@code lastTransitionTime} moves only when a status does. */
final class Conditions {
  private Conditions() {}

  /** The conditions of a finding, given those of before; conditions of others are kept. */
  static List<Condition> of(Finding finding, List<Condition> before, Instant now) {
    List<Condition> conditions = new ArrayList<>();
    for (ConditionTable.Cell cell : ConditionTable.row(finding.situation()).conditions()) {
      String status = cell.status() ? "True" : "False";
      conditions.add(
          new ConditionBuilder()
              .withType(cell.type())
              .withStatus(status)
              .withReason(cell.reason(finding))
              .withMessage(cell.speaks() ? finding.message() : "")
              .withLastTransitionTime(since(before, cell.type(), status, now))
              .build());
    }
    for (Condition other : before) {
      if (conditions.stream().noneMatch(ours -> ours.getType().equals(other.getType()))) {
        conditions.add(other);
      }
    }
    return conditions;
  }

  /** The condition of that type, if there is one. */
  static Optional<Condition> find(List<Condition> conditions, String type) {
    return conditions.stream().filter(condition -> type.equals(condition.getType())).findFirst();
  }

  private static String since(List<Condition> before, String type, String status, Instant now) {
    return find(before, type)
        .filter(condition -> status.equals(condition.getStatus()))
        .map(Condition::getLastTransitionTime)
        .orElseGet(() -> time(now));
  }

  /** A time as Kubernetes writes it: whole seconds. */
  static String time(Instant instant) {
    return instant.truncatedTo(ChronoUnit.SECONDS).toString();
  }
}
