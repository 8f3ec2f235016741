package training.fusion.trainer.weights;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One rule of translation between names.
 *
 * @param from matches a whole name
 * @param to what it becomes, with {@code $1} for groups; several where tensors are joined, one
 *     after the other along their first dimension
 */
record Renaming(Pattern from, List<String> to) {
  static Renaming of(String from, String... to) {
    return new Renaming(Pattern.compile(from), List.of(to));
  }

  /** The name by the first rule that matches; itself where none does. */
  static List<String> apply(List<Renaming> rules, String name) {
    for (Renaming rule : rules) {
      Matcher matcher = rule.from.matcher(name);
      if (matcher.matches()) {
        return rule.to.stream().map(matcher::replaceFirst).toList();
      }
    }
    return List.of(name);
  }
}
