package training.fusion.trainer.format;

import static java.util.Objects.requireNonNull;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.RandomAccess;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import training.fusion.trainer.FileName;

/**
 * Files in an order, kept as a folder and a name each and made paths when asked for: a million
 * paths would be some hundred megabytes.
 */
final class FilePaths extends AbstractList<Path> implements RandomAccess {
  private final Path[] folders;
  private final int[] folderOf;
  private final byte[][] names;

  private FilePaths(Path[] folders, int[] folderOf, byte[][] names) {
    this.folders = folders;
    this.folderOf = folderOf;
    this.names = names;
  }

  /** Paths as they are, in their order. */
  static FilePaths of(Collection<Path> paths) {
    Map<Path, Integer> folders = new LinkedHashMap<>();
    int[] folderOf =
        paths.stream()
            .mapToInt(
                path ->
                    folders.computeIfAbsent(
                        requireNonNull(path.getParent()), folder -> folders.size()))
            .toArray();
    return new FilePaths(
        folders.keySet().toArray(Path[]::new),
        folderOf,
        paths.stream()
            .map(path -> FileName.bytes(requireNonNull(path.getFileName())))
            .toArray(byte[][]::new));
  }

  /**
   * Files below a folder.
   *
   * @param paths from there, as the file system has them, without a step up
   */
  static FilePaths below(Path root, List<byte[]> paths) {
    Map<String, Integer> folders = new LinkedHashMap<>();
    int[] folderOf = new int[paths.size()];
    byte[][] names = new byte[paths.size()][];
    for (int file = 0; file < names.length; file++) {
      byte[] path = paths.get(file);
      int end = path.length;
      while (end > 0 && path[end - 1] != '/') {
        end--;
      }
      names[file] = Arrays.copyOfRange(path, end, path.length);
      folderOf[file] =
          folders.computeIfAbsent(
              new String(path, 0, end, StandardCharsets.UTF_8), folder -> folders.size());
    }
    return new FilePaths(
        folders.keySet().stream()
            .map(folder -> folder.isEmpty() ? root : FileName.resolve(root, folder))
            .toArray(Path[]::new),
        folderOf,
        names);
  }

  @Override
  public Path get(int file) {
    return FileName.resolve(folders[folderOf[file]], names[file]);
  }

  @Override
  public int size() {
    return names.length;
  }

  /** The same, sorted as paths. */
  FilePaths sorted() {
    if (folders.length == 1) {
      byte[][] sorted = names.clone();
      Arrays.sort(sorted, Arrays::compareUnsigned); // of the names of one folder little work
      return new FilePaths(folders, folderOf, sorted);
    }
    int[] order =
        IntStream.range(0, size())
            .mapToObj(file -> new Placed(get(file), file))
            .sorted((one, other) -> one.path.compareTo(other.path))
            .mapToInt(Placed::file)
            .toArray();
    return new FilePaths(
        folders,
        Arrays.stream(order).map(file -> folderOf[file]).toArray(),
        Arrays.stream(order).mapToObj(file -> names[file]).toArray(byte[][]::new));
  }

  private record Placed(Path path, int file) {}

  /** What the files are called below a folder, with {@code /} between names. */
  Names namesBelow(Path root) {
    return new Names(root);
  }

  /** Names of the files below a folder. */
  final class Names {
    private final Path root;
    private final @Nullable String[] beginnings;

    private Names(Path root) {
      this.root = root;
      beginnings =
          Arrays.stream(folders)
              .map(root::relativize)
              .map(FileName::text)
              .map(text -> text.map(name -> name.isEmpty() ? "" : name + "/").orElse(null))
              .toArray(String[]::new);
    }

    /** A file's name as text; as Java shows it, if it is none. */
    String of(int file) {
      String beginning = beginnings[folderOf[file]];
      Optional<String> name = beginning == null ? Optional.empty() : FileName.text(names[file]);
      return name.isPresent() ? beginning + name.get() : root.relativize(get(file)).toString();
    }
  }

  /** Collects files, folder by folder. */
  static final class Collector {
    private final List<Path> folders = new ArrayList<>();
    private final List<byte[]> names = new ArrayList<>();
    private int[] folderOf = new int[16];

    /** Files of one folder. */
    void add(Path folder, List<byte[]> files) {
      if (!files.isEmpty()) {
        int number = folders.size();
        folders.add(folder);
        files.forEach(name -> add(number, name));
      }
    }

    /** Files, in their order. */
    void add(FilePaths files) {
      int first = folders.size();
      folders.addAll(Arrays.asList(files.folders));
      for (int file = 0; file < files.size(); file++) {
        add(first + files.folderOf[file], files.names[file]);
      }
    }

    private void add(int folder, byte[] name) {
      if (names.size() == folderOf.length) {
        folderOf = Arrays.copyOf(folderOf, 2 * folderOf.length);
      }
      folderOf[names.size()] = folder;
      names.add(name);
    }

    FilePaths collected() {
      return new FilePaths(
          folders.toArray(Path[]::new),
          Arrays.copyOf(folderOf, names.size()),
          names.toArray(byte[][]::new));
    }
  }
}
