package training.fusion.api.validation;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/** Guesses what was meant by a misspelt word. */
final class Spelling {
  private Spelling() {}

  /** The known word that is at most one edit away, upper and lower case counting as equal. */
  static Optional<String> closest(String word, Collection<String> known) {
    return known.stream()
        .filter(name -> oneEdit(word.toLowerCase(Locale.ROOT), name.toLowerCase(Locale.ROOT)))
        .findFirst();
  }

  /** Whether one letter added, left out or changed, or two neighbours swapped, makes them equal. */
  private static boolean oneEdit(String a, String b) {
    int start = 0;
    while (start < a.length() && start < b.length() && a.charAt(start) == b.charAt(start)) {
      start++;
    }
    String restA = a.substring(start);
    String restB = b.substring(start);
    if (restA.isEmpty() || restB.isEmpty()) {
      return restA.length() + restB.length() <= 1;
    }
    return restA.substring(1).equals(restB.substring(1))
        || restA.substring(1).equals(restB)
        || restA.equals(restB.substring(1))
        || swapped(restA, restB);
  }

  private static boolean swapped(String a, String b) {
    return a.length() > 1
        && b.length() > 1
        && a.charAt(0) == b.charAt(1)
        && a.charAt(1) == b.charAt(0)
        && a.substring(2).equals(b.substring(2));
  }
}
