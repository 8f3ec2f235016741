package training.fusion.operator.resource;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A status's conditions. {@code lastTransitionTime} moves only when a status does. */
public final class Conditions {
  private Conditions() {}

  /**
   * What one condition is to say.
   *
   * @param reason one word
   * @param message one sentence, or empty
   */
  public record Stated(String type, boolean status, String reason, String message) {}

  /** Conditions that say so, given those of before; conditions of others are kept. */
  public static List<Condition> of(List<Stated> said, List<Condition> before, Instant now) {
    List<Condition> conditions = new ArrayList<>();
    for (Stated stated : said) {
      String status = stated.status() ? "True" : "False";
      conditions.add(
          new ConditionBuilder()
              .withType(stated.type())
              .withStatus(status)
              .withReason(stated.reason())
              .withMessage(stated.message())
              .withLastTransitionTime(since(before, stated.type(), status, now))
              .build());
    }
    for (Condition other : before) {
      if (conditions.stream().noneMatch(ours -> ours.getType().equals(other.getType()))) {
        conditions.add(other);
      }
    }
    return conditions;
  }

  /**
   * A time that a status tells; empty where it is none. Whoever may write a status may write
   * anything there: a person, a backup, another version of the operator.
   */
  public static Optional<Instant> instant(@Nullable String time) {
    try {
      return Optional.ofNullable(time).map(OffsetDateTime::parse).map(OffsetDateTime::toInstant);
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }

  /** The condition of that type, if there is one. */
  public static Optional<Condition> find(List<Condition> conditions, String type) {
    return conditions.stream().filter(condition -> type.equals(condition.getType())).findFirst();
  }

  private static String since(List<Condition> before, String type, String status, Instant now) {
    return find(before, type)
        .filter(condition -> status.equals(condition.getStatus()))
        .map(Condition::getLastTransitionTime)
        .orElseGet(() -> time(now));
  }

  /** A time as Kubernetes writes it: whole seconds. */
  public static String time(Instant instant) {
    return instant.truncatedTo(ChronoUnit.SECONDS).toString();
  }
}
