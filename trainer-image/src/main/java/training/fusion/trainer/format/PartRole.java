package training.fusion.trainer.format;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the pictures of a part are for, as the name of its folder says. */
enum PartRole {
  TRAIN,
  VALIDATION,
  TEST;

  private static final Map<String, PartRole> WORDS =
      Map.of(
          "train", TRAIN,
          "training", TRAIN,
          "val", VALIDATION,
          "valid", VALIDATION,
          "validation", VALIDATION,
          "validate", VALIDATION,
          "dev", VALIDATION,
          "development", VALIDATION,
          "test", TEST,
          "testing", TEST);

  /** What people write for short; a class may be called so too. */
  private static final Map<String, PartRole> SHORT =
      Map.of(
          "trn", TRAIN,
          "tr", TRAIN,
          "trainval", TRAIN,
          "vld", VALIDATION,
          "vl", VALIDATION,
          "va", VALIDATION,
          "tst", TEST,
          "te", TEST,
          "ts", TEST);

  /** Words beside it that say nothing, such as those of {@code seg_train} or {@code test_set}. */
  private static final Set<String> FILLERS =
      Set.of(
          "set",
          "data",
          "dataset",
          "split",
          "part",
          "seg",
          "image",
          "images",
          "img",
          "imgs",
          "pictures",
          "photos",
          "folder",
          "files",
          "raw",
          "resized",
          "unzipped",
          "extracted",
          "zip", // unpacked into a folder of the archive's own name
          "tar",
          "gz",
          "tgz",
          "jpg",
          "jpeg",
          "png");

  /** Words that number pieces of one set. */
  private static final Set<String> PIECES =
      Set.of("fold", "batch", "subset", "shard", "chunk", "piece");

  private static final List<String> SUFFIXES = List.of("dataset", "data", "set", "images", "imgs");

  /**
   * The role of a folder, in whatever letters: {@code Training}, {@code seg_test}, {@code val2017}.
   */
  static @Nullable PartRole of(String folder) {
    List<String> words = words(folder);
    return words.size() == 1 ? ofWord(words.get(0)) : null;
  }

  /**
   * The role that one of a name's words says, whatever stands beside it; null: none, or several.
   */
  static @Nullable PartRole among(String folder) {
    List<PartRole> found =
        words(folder).stream().map(PartRole::ofAnyWord).filter(Objects::nonNull).toList();
    return found.size() == 1 ? found.get(0) : null;
  }

  /** The same, but for what people write for short: {@code ts} may be a series, too. */
  static @Nullable PartRole amongWhole(String name) {
    List<PartRole> found =
        words(name).stream().map(PartRole::ofWord).filter(Objects::nonNull).toList();
    return found.size() == 1 ? found.get(0) : null;
  }

  /** Whether a name says nothing of what is in the folder: {@code images}, {@code fold_1}. */
  static boolean saysNothing(String folder) {
    return folder.codePoints().anyMatch(Character::isLetter)
        && words(folder).stream().allMatch(PIECES::contains);
  }

  /**
   * What a name may say: a role, and what stands beside it.
   *
   * @param beside the other words, or what the word has before or after it
   */
  record Reading(PartRole role, String beside) {
    /** All that a name may say. */
    static List<Reading> of(String folder) {
      List<String> words = words(folder);
      List<Reading> readings = new ArrayList<>();
      for (int i = 0; i < words.size(); i++) {
        String word = words.get(i);
        List<String> others = new ArrayList<>(words);
        others.remove(i);
        PartRole whole = ofAnyWord(word);
        if (whole != null) {
          readings.add(new Reading(whole, String.join(" ", others)));
        }
        WORDS.forEach(
            (known, role) -> {
              if (word.length() > known.length() && word.startsWith(known)) {
                others.add(word.substring(known.length()));
                readings.add(new Reading(role, String.join(" ", others)));
                others.remove(others.size() - 1);
              }
              if (word.length() > known.length() && word.endsWith(known)) {
                others.add(word.substring(0, word.length() - known.length()));
                readings.add(new Reading(role, String.join(" ", others)));
                others.remove(others.size() - 1);
              }
            });
      }
      return readings;
    }
  }

  /**
   * The roles of folders whose names are the same but for the role: {@code my_train, my_val},
   * {@code trn, tst}, {@code XTrain, XTest}.
   *
   * @return in the order of the names; empty if that is not so, or none is to train on
   */
  static List<PartRole> together(List<String> folders) {
    for (Reading first : Reading.of(folders.get(0))) {
      List<PartRole> roles = new ArrayList<>();
      for (int i = 0; i < folders.size() && roles.size() == i; i++) {
        Reading.of(folders.get(i)).stream()
            .filter(reading -> reading.beside.equals(first.beside))
            .findFirst()
            .ifPresent(reading -> roles.add(reading.role));
      }
      if (roles.size() == folders.size()
          && Set.copyOf(roles).size() == roles.size()
          && roles.contains(TRAIN)) {
        return roles;
      }
    }
    return List.of();
  }

  private static List<String> words(String folder) {
    return Arrays.stream(folder.toLowerCase(Locale.ROOT).split("[^\\p{L}\\p{M}]+"))
        .filter(word -> !word.isEmpty() && !FILLERS.contains(word))
        .toList();
  }

  private static @Nullable PartRole ofAnyWord(String word) {
    PartRole known = ofWord(word);
    return known == null ? SHORT.get(word) : known;
  }

  private static @Nullable PartRole ofWord(String word) {
    if (WORDS.containsKey(word)) {
      return WORDS.get(word);
    }
    return SUFFIXES.stream()
        .filter(word::endsWith)
        .map(suffix -> WORDS.get(word.substring(0, word.length() - suffix.length())))
        .filter(Objects::nonNull)
        .findFirst()
        .orElse(null);
  }
}
