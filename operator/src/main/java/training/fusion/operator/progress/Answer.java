package training.fusion.operator.progress;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The answer to a report.
 *
 * @param code HTTP status
 * @param message one sentence
 * @param retryAfter when another report would be welcome
 */
record Answer(int code, String message, @Nullable Duration retryAfter) {
  static Answer taken(String message) {
    return new Answer(202, message, null);
  }

  static Answer malformed(String message) {
    return new Answer(400, message, null);
  }

  static Answer unproved(String message) {
    return new Answer(401, message, null);
  }

  static Answer foreign(String message) {
    return new Answer(403, message, null);
  }

  /** Its sender took too long over it. */
  static Answer halfSent(String message) {
    return new Answer(408, message, null);
  }

  static Answer tooLong(String message) {
    return new Answer(413, message, null);
  }

  static Answer ofAnotherType(String message) {
    return new Answer(415, message, null);
  }

  /** Right once, but not any more. */
  static Answer stale(String message) {
    return new Answer(409, message, null);
  }

  static Answer tooMany(Duration retryAfter) {
    return new Answer(429, "too many reports", retryAfter);
  }

  static Answer unavailable(String message, Duration retryAfter) {
    return new Answer(503, message, retryAfter);
  }
}
