package training.fusion.trainer.source;

import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.http.Credential;

/**
 * A header that proves who asks, such as {@code Authorization: Bearer …}.
 *
 * @param value never told
 */
record SecretHeader(String name, String value) {
  private static final Pattern LINE = Pattern.compile("([A-Za-z0-9-]{1,100}):[ \\t]*(\\S.*)");

  /** Those that are HTTP's own, or ours. */
  private static final Set<String> TAKEN =
      Set.of(
          "connection",
          "content-length",
          "expect",
          "host",
          "if-range",
          "range",
          "transfer-encoding",
          "upgrade");

  /**
   * The one in a variable.
   *
   * @param field path of the source in the spec, for messages
   * @throws TrainingFailure if there is none, or it is no header; the message does not hold it
   */
  static SecretHeader of(Map<String, String> environment, String variable, String field) {
    String line = Credential.token(environment.get(variable), variable);
    Matcher parts = LINE.matcher(Objects.requireNonNullElse(line, ""));
    if (!parts.matches() || TAKEN.contains(parts.group(1).toLowerCase(Locale.ROOT))) {
      throw TrainingFailure.badConfiguration(
          "%s.secretName: the variable %s has no header of the form 'Authorization: Bearer TOKEN'; in a cluster it is the secret's key header, elsewhere set it yourself"
              .formatted(field, variable));
    }
    return new SecretHeader(parts.group(1), parts.group(2));
  }

  @Override
  public String toString() {
    return name + ": …";
  }
}
