package training.fusion.trainer.format;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import training.fusion.trainer.FileName;

/** Files of a folder by what people write of their paths. */
final class PicturesByPath {
  private final Map<String, Path> byPath = new HashMap<>();
  private final Map<String, List<String>> byLastName = new HashMap<>();

  /**
   * Knows files below a folder.
   *
   * @param files all of them text
   */
  static PicturesByPath of(Path folder, Collection<Path> files) {
    var known = new PicturesByPath();
    for (Path file : files) {
      Optional<String> name = FileName.text(folder.relativize(file));
      name.map(PicturesByPath::plain).ifPresent(path -> known.add(path, file));
    }
    return known;
  }

  private PicturesByPath() {}

  private void add(String path, Path file) {
    byPath.put(path, file);
    String last = last(path);
    byLastName.computeIfAbsent(last, name -> new ArrayList<>()).add(path);
    for (String ending : PictureFolder.ENDINGS) {
      if (last.endsWith(ending)) {
        String bare = last.substring(0, last.length() - ending.length());
        byLastName.computeIfAbsent(bare, name -> new ArrayList<>()).add(path);
      }
    }
  }

  /**
   * The files that a path may mean: the one that it leads to from a folder, else those whose paths
   * end so, with or without the ending of a picture. Of a path from the root of another machine the
   * longest end that there is counts.
   *
   * @param from the folder of the table, relative to that of the files; empty if they are the same
   */
  List<Path> meant(String from, String written) {
    String path = plain(written);
    Path direct = byPath.get(normal(from.isEmpty() ? path : from + "/" + path));
    if (direct != null) {
      return List.of(direct);
    }
    String end = normal(path);
    List<String> candidates = byLastName.getOrDefault(last(end), List.of());
    boolean elsewhere = path.startsWith("/") || path.matches("[A-Za-z]:/.*");
    while (true) {
      String wanted = end;
      List<Path> found =
          candidates.stream()
              .filter(candidate -> ends(candidate, wanted))
              .map(byPath::get)
              .toList();
      int next = end.indexOf('/');
      if (!found.isEmpty() || !elsewhere || next < 0) {
        return found;
      }
      end = end.substring(next + 1);
    }
  }

  private static boolean ends(String path, String end) {
    String whole = "/" + path;
    return whole.endsWith("/" + end)
        || PictureFolder.ENDINGS.stream().anyMatch(ending -> whole.endsWith("/" + end + ending));
  }

  private static String last(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  private static String plain(String path) {
    return path.replace('\\', '/');
  }

  /** Without steps that lead nowhere or up, and without a beginning at the root. */
  private static String normal(String path) {
    List<String> names = new ArrayList<>();
    for (String name : path.split("/", -1)) {
      if (name.equals("..") && !names.isEmpty()) {
        names.remove(names.size() - 1);
      } else if (!name.isEmpty() && !name.equals(".")) {
        names.add(name);
      }
    }
    return String.join("/", names);
  }
}
