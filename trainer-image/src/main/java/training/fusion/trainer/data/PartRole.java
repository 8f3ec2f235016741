package training.fusion.trainer.data;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
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
          "dev", VALIDATION,
          "development", VALIDATION,
          "test", TEST,
          "testing", TEST);

  /** Words beside it that say nothing, such as those of {@code seg_train} or {@code test_set}. */
  private static final Set<String> FILLERS =
      Set.of(
          "",
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
          "folder");

  private static final List<String> SUFFIXES = List.of("dataset", "data", "set", "images", "imgs");

  /**
   * The role of a folder, in whatever letters: {@code Training}, {@code seg_test}, {@code val2017}.
   */
  static @Nullable PartRole of(String folder) {
    List<String> words =
        Arrays.stream(folder.toLowerCase(Locale.ROOT).split("[^\\p{L}]+"))
            .filter(word -> !FILLERS.contains(word))
            .toList();
    return words.size() == 1 ? ofWord(words.get(0)) : null;
  }

  private static @Nullable PartRole ofWord(String word) {
    if (WORDS.containsKey(word)) {
      return WORDS.get(word);
    }
    return SUFFIXES.stream()
        .filter(word::endsWith)
        .map(suffix -> WORDS.get(word.substring(0, word.length() - suffix.length())))
        .filter(java.util.Objects::nonNull)
        .findFirst()
        .orElse(null);
  }
}
