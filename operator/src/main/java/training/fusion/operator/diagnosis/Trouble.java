package training.fusion.operator.diagnosis;

import java.util.Objects;
import training.fusion.api.resource.FusionTrainingStatus.FailureRecord;

/**
 * What is wrong, for people.
 *
 * @param reason one word in CamelCase
 * @param message one sentence: what happened, and what would help
 */
public record Trouble(String reason, String message) {
  /** What was noted of a failed pod. */
  static Trouble of(FailureRecord noted) {
    return new Trouble(
        Objects.requireNonNullElse(noted.reason(), "PodFailed"),
        Objects.requireNonNullElse(noted.message(), "the pod failed, and is gone"));
  }
}
