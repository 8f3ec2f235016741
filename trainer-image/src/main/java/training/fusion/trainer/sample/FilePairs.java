package training.fusion.trainer.sample;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Which files of two tensors have the same samples, as their names say: {@code x-03.npy} and {@code
 * label-03.npy}, {@code 03/x.npy} and {@code 03/label.npy}.
 */
public final class FilePairs {
  /** Between letters, numbers and whatever else there is. */
  private static final Pattern BETWEEN =
      Pattern.compile("(?<=\\d)(?=\\D)|(?<=\\D)(?=\\d)|(?<=[^\\p{L}\\d])|(?=[^\\p{L}\\d])");

  private FilePairs() {}

  /**
   * The first place at which the names of two files do not say the same, or −1. Those that are one
   * file do not count.
   *
   * @param some files of a tensor
   * @param others of another, as many
   */
  static int unlike(List<Path> some, List<Path> others) {
    List<Integer> places = new ArrayList<>();
    for (int i = 0; i < some.size(); i++) {
      if (!some.get(i).equals(others.get(i))) {
        places.add(i);
      }
    }
    List<List<String>> one = distinctions(places.stream().map(some::get).toList());
    List<List<String>> other = distinctions(places.stream().map(others::get).toList());
    for (int i = 0; i < places.size(); i++) {
      if (!one.get(i).equals(other.get(i))) {
        return places.get(i);
      }
    }
    return -1;
  }

  /** Of each name what tells it from the others: less the words that all begin and end with. */
  private static List<List<String>> distinctions(List<Path> files) {
    List<List<String>> names = files.stream().map(FilePairs::words).toList();
    int shortest = names.stream().mapToInt(List::size).min().orElse(0);
    int begin = 0;
    while (begin < shortest && isOne(names, begin, false)) {
      begin++;
    }
    int end = 0;
    while (end < shortest - begin && isOne(names, end, true)) {
      end++;
    }
    int from = begin;
    int less = end;
    return names.stream().map(words -> words.subList(from, words.size() - less)).toList();
  }

  private static boolean isOne(List<List<String>> names, int place, boolean fromTheEnd) {
    Set<String> words = new HashSet<>();
    for (List<String> name : names) {
      words.add(name.get(fromTheEnd ? name.size() - 1 - place : place));
    }
    return words.size() == 1;
  }

  /** Of a path without its ending; 3 and 003 are the same number. */
  private static List<String> words(Path file) {
    return BETWEEN
        .splitAsStream(stem(file).toString())
        .map(word -> word.replaceFirst("^0+(?=\\d)", ""))
        .toList();
  }

  /** A file's path without its ending. */
  public static Path stem(Path file) {
    return file.resolveSibling(String.valueOf(file.getFileName()).replaceFirst("\\.[^.]*$", ""));
  }
}
