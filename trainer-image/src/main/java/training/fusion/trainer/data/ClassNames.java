package training.fusion.trainer.data;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Lists of the names of classes, compared: a label is a place in one, and means nothing alone. */
public final class ClassNames {
  private static final int MOST_NAMED = 10;

  private ClassNames() {}

  /** What is otherwise in another list, in words; that the order is, if nothing else. */
  public static String difference(List<String> before, List<String> now) {
    List<String> parts = new ArrayList<>();
    Set<String> inBefore = Set.copyOf(before);
    Set<String> inNow = Set.copyOf(now);
    List<String> added = now.stream().filter(name -> !inBefore.contains(name)).toList();
    List<String> gone = before.stream().filter(name -> !inNow.contains(name)).toList();
    if (!added.isEmpty()) {
      parts.add("%s: no such class before".formatted(listed(added)));
    }
    if (!gone.isEmpty()) {
      parts.add("%s: no such class now".formatted(listed(gone)));
    }
    if (parts.isEmpty() && !before.equals(now)) {
      parts.add("the classes are %s in order, and were %s".formatted(listed(now), listed(before)));
    }
    return String.join(", ", parts);
  }

  /** The first names of a list. */
  public static String listed(List<String> names) {
    return String.join(", ", names.subList(0, Math.min(MOST_NAMED, names.size())))
        + (names.size() > MOST_NAMED ? " and %d more".formatted(names.size() - MOST_NAMED) : "");
  }
}
