package training.fusion.trainer.report.page;

/** How a group of parameters is named and coloured, the same in every section. */
final class GroupLook {
  private GroupLook() {}

  /** In words, from {@code ParameterGroup}'s name. */
  static String name(String group) {
    return switch (group) {
      case "lowLevel" -> "low level";
      case "highLevel" -> "high level";
      default -> group;
    };
  }

  /** The class of its colour in the page's style. */
  static String of(String group) {
    return group.equals("highLevel") ? "high" : "low";
  }
}
