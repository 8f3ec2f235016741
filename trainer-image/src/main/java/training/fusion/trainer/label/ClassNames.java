package training.fusion.trainer.label;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import training.fusion.trainer.TrainingFailure;

/** Lists of the names of classes, compared: a label is a place in one, and means nothing alone. */
public final class ClassNames {
  private static final int MOST_NAMED = 10;

  /** What Hangul syllables are made of. */
  private static final int FIRST_JAMO = 0x1100;

  private static final int LAST_JAMO = 0x11ff;

  private ClassNames() {}

  /** What is otherwise in another list, in words; that the order is, if nothing else. */
  public static String difference(List<String> before, List<String> now) {
    Comparison compared = Comparison.of(before, now);
    List<String> parts = new ArrayList<>(compared.alike);
    if (!compared.added.isEmpty()) {
      parts.add("%s: no such class before".formatted(listed(compared.added)));
    }
    if (!compared.gone.isEmpty()) {
      parts.add("%s: no such class now".formatted(listed(compared.gone)));
    }
    if (parts.isEmpty() && !before.equals(now)) {
      parts.add("the classes are %s in order, and were %s".formatted(listed(now), listed(before)));
    }
    return String.join(", ", parts);
  }

  /**
   * Two lists beside each other.
   *
   * @param alike of each name that differs in nothing that one sees, both spellings, in a sentence
   * @param added in the second list only
   * @param gone in the first list only
   */
  public record Comparison(List<String> alike, List<String> added, List<String> gone) {
    public static Comparison of(List<String> before, List<String> now) {
      List<String> alike = new ArrayList<>();
      List<String> added = without(now, before);
      List<String> gone = without(before, now);
      Map<String, String> goneBySeen = new HashMap<>();
      gone.forEach(name -> goneBySeen.put(seen(name), name));
      for (String name : List.copyOf(added)) {
        String twin = goneBySeen.remove(seen(name));
        if (twin != null) {
          alike.add(
              "%s now and %s before are %s"
                  .formatted(spelled(name), spelled(twin), howAlike(name, twin)));
          added.remove(name);
          gone.remove(twin);
        }
      }
      return new Comparison(alike, added, gone);
    }
  }

  private static List<String> without(List<String> names, List<String> others) {
    Set<String> left = Set.copyOf(others);
    return names.stream()
        .filter(name -> !left.contains(name))
        .collect(Collectors.toCollection(ArrayList::new));
  }

  /**
   * Refuses two classes that one takes for one: a folder that came by a Mac once, and once
   * otherwise.
   *
   * @param where they are, for the message
   * @throws TrainingFailure BadData, naming both so that one sees what differs
   */
  public static void refuseTwins(Object where, Collection<String> names) {
    Map<String, String> seen = new HashMap<>();
    for (String name : names) {
      String twin = seen.putIfAbsent(seen(name), name);
      if (twin != null && !twin.equals(name)) {
        throw TrainingFailure.badData(
            "%s has the classes %s and %s, which are %s; bring their pictures together under one name, or, if they are two classes, give one of them another name"
                .formatted(where, spelled(twin), spelled(name), howAlike(twin, name)));
      }
    }
  }

  /** The first names of a list. */
  public static String listed(List<String> names) {
    return listed(names, MOST_NAMED);
  }

  /** The first names of a list, at most so many. */
  public static String listed(List<String> names, int most) {
    return names.stream().limit(most).map(ClassNames::told).collect(Collectors.joining(", "))
        + (names.size() > most ? " and %d more".formatted(names.size() - most) : "");
  }

  /** A name in a sentence or a table: quoted where its ends would not be seen. */
  public static String told(String name) {
    boolean plain =
        !name.isEmpty()
            && isSeen(name.codePointAt(0))
            && isSeen(name.codePointBefore(name.length()))
            && name.codePoints().noneMatch(Character::isISOControl);
    return plain ? name : quoted(name, letter -> letter != ' ' && !isSeen(letter));
  }

  /** One of the forms of letters with accents: macOS writes another than Linux and Windows. */
  public static String composed(String name) {
    return Normalizer.normalize(name, Normalizer.Form.NFC);
  }

  /** What two names have in common if one does not see that they differ. */
  private static String seen(String name) {
    int[] letters = composed(name).codePoints().toArray();
    int from = 0;
    int to = letters.length;
    while (from < to && !isSeen(letters[from])) {
      from++;
    }
    while (from < to && !isSeen(letters[to - 1])) {
      to--;
    }
    return new String(letters, from, to - from);
  }

  private static String howAlike(String one, String other) {
    return composed(one).equals(composed(other))
        ? "the same letters in two of Unicode's forms"
        : "the same but for what is not seen at an end";
  }

  /** Quoted, so that one sees of what letters it is made. */
  private static String spelled(String name) {
    return quoted(
        name,
        letter ->
            letter != ' '
                && (!isSeen(letter)
                    || Character.getType(letter) == Character.NON_SPACING_MARK
                    || (letter >= FIRST_JAMO && letter <= LAST_JAMO)
                    || !Normalizer.isNormalized(Character.toString(letter), Normalizer.Form.NFD)));
  }

  private static String quoted(String name, IntPredicate escaped) {
    return name.codePoints()
        .mapToObj(
            letter ->
                escaped.test(letter) ? "\\u%04x".formatted(letter) : Character.toString(letter))
        .collect(Collectors.joining("", "\"", "\""));
  }

  private static boolean isSeen(int letter) {
    return switch (Character.getType(letter)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SPACE_SEPARATOR,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> true;
    };
  }
}
