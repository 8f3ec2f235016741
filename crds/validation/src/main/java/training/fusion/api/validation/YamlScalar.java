package training.fusion.api.validation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What an unquoted YAML scalar means to kubectl, whose parser (go.yaml.in/yaml v2 behind
 * sigs.k8s.io/yaml) takes YAML 1.1's words and a wider form of numbers. A whole number written with
 * a fraction or exponent is a whole number after it, because the way there is through JSON.
 */
final class YamlScalar {
  private static final Set<String> TRUE =
      Set.of("y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON");
  private static final Set<String> FALSE =
      Set.of("n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF");
  private static final Set<String> NULL = Set.of("", "~", "null", "Null", "NULL");
  private static final Pattern NOT_FINITE =
      Pattern.compile("[-+]?\\.(inf|Inf|INF)|\\.(nan|NaN|NAN)");
  private static final Pattern INTEGER =
      Pattern.compile(
          "(?<sign>[-+]?)(0(?<base>[xXbBoO]?)(?<digits>[0-9a-fA-F]+)|(?<decimal>0|[1-9][0-9]*))");
  private static final Pattern FLOAT =
      Pattern.compile("[-+]?(\\.[0-9]+|[0-9]+(\\.[0-9]*)?)([eE][-+]?[0-9]+)?");

  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private YamlScalar() {}

  /** A boolean, null, number or text; not-a-number and infinities as doubles. */
  static JsonNode parse(String text) {
    if (TRUE.contains(text) || FALSE.contains(text)) {
      return JSON.booleanNode(TRUE.contains(text));
    }
    if (NULL.contains(text)) {
      return JSON.nullNode();
    }
    if (NOT_FINITE.matcher(text).matches()) {
      return JSON.numberNode(Double.NaN);
    }
    if ("0123456789+-.".indexOf(text.charAt(0)) < 0) {
      return JSON.textNode(text);
    }
    String digits = text.replace("_", "");
    return integer(digits).or(() -> fraction(digits)).orElseGet(() -> JSON.textNode(text));
  }

  private static Optional<JsonNode> integer(String text) {
    var matcher = INTEGER.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    String decimal = matcher.group("decimal");
    try {
      return Optional.of(
          JSON.numberNode(
              decimal != null
                  ? Long.parseLong(matcher.group("sign") + decimal)
                  : Long.parseLong(
                      matcher.group("sign") + matcher.group("digits"),
                      radix(matcher.group("base")))));
    } catch (NumberFormatException e) {
      // digits that the base does not have, or more than 64 bits
      return Optional.empty();
    }
  }

  private static int radix(String base) {
    return switch (base) {
      case "x", "X" -> 16;
      case "b", "B" -> 2;
      default -> 8;
    };
  }

  private static Optional<JsonNode> fraction(String text) {
    if (!FLOAT.matcher(text).matches()) {
      return Optional.empty();
    }
    double value = Double.parseDouble(text);
    if (Double.isInfinite(value)) {
      return Optional.empty();
    }
    // Go writes doubles below 1e21 without an exponent, so they arrive as whole numbers
    boolean whole = value == Math.rint(value) && Math.abs(value) < 0x1p63;
    return Optional.of(whole ? JSON.numberNode((long) value) : JSON.numberNode(value));
  }
}
