package training.fusion.trainer.report.page;

import java.util.List;

/** How a group of parameters is named and coloured, the same in every section. */
final class GroupLook {
  private static final String LEVEL = "level";

  /** Told apart side by side; those of many levels come again. */
  private static final List<String> LOOKS =
      List.of("low", "high", "held-out", "second", "average", "train");

  private GroupLook() {}

  /** In words, from {@code ParameterGroup}'s name. */
  static String name(String group) {
    return switch (group) {
      case "lowLevel" -> "low level";
      case "highLevel" -> "high level";
      default -> group.replace(LEVEL, "level ");
    };
  }

  /** The class of its colour in the page's style. */
  static String of(String group) {
    if (group.startsWith(LEVEL)) {
      int level = Integer.parseInt(group.substring(LEVEL.length()));
      return LOOKS.get((level - 1) % LOOKS.size());
    }
    return group.equals("highLevel") ? "high" : "low";
  }
}
