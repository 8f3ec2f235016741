package training.fusion.operator.sweep.trial;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.TreeMap;

/**
 * A trial is named by a hash of what it is: the same cell and the same template have the same name,
 * whatever else a sweep has, and whichever version of the operator asks. So what is hashed is what
 * the user wrote, without defaults, in a form that is fixed here.
 */
public final class TrialName {
  /** Goes into the hash. A change of the form below must change it, and names all trials anew. */
  private static final String FORM = "1";

  private static final int DIGITS = 10;

  private TrialName() {}

  /**
   * The name.
   *
   * @param sweep at most 29 characters, so that this has at most 40
   * @param arm names of the matrix: equal cells of two arms are two trials
   * @param spec the trial's, without defaults
   */
  public static String of(String sweep, String arm, String dataset, JsonNode spec) {
    var text = new StringBuilder(FORM).append('\n').append(arm).append('\n').append(dataset);
    append(text.append('\n'), spec);
    return sweep + "-" + hash(text.toString());
  }

  /** Objects by the order of their keys, without what is absent; numbers as their bits. */
  private static void append(StringBuilder text, JsonNode node) {
    if (node.isObject()) {
      text.append('{');
      var sorted = new TreeMap<String, JsonNode>();
      node.properties().forEach(field -> sorted.put(field.getKey(), field.getValue()));
      sorted.forEach(
          (key, value) -> {
            if (!value.isNull()) {
              append(text.append(key).append(':'), value);
              text.append(',');
            }
          });
      text.append('}');
    } else if (node.isArray()) {
      text.append('[');
      node.forEach(
          element -> {
            append(text, element);
            text.append(',');
          });
      text.append(']');
    } else if (node.isNumber()) {
      text.append(Double.toHexString(node.doubleValue()));
    } else {
      text.append(node); // strings in quotes, escaped
    }
  }

  private static String hash(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest).substring(0, DIGITS);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
