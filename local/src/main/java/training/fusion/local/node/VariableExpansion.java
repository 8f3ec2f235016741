package training.fusion.local.node;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the kubelet makes of a value or an argument: $(NAME) is the value of a variable that was set
 * before, where there is one, and $$ is $.
 */
final class VariableExpansion {
  private static final Pattern REFERENCE = Pattern.compile("\\$(?:(\\$)|\\(([^)]*)\\))");

  private VariableExpansion() {}

  /** The text with the variables' values in it. */
  static String of(String text, Map<String, String> variables) {
    return REFERENCE
        .matcher(text)
        .replaceAll(
            found ->
                Matcher.quoteReplacement(
                    found.group(1) != null
                        ? "$"
                        : variables.getOrDefault(found.group(2), found.group())));
  }
}
