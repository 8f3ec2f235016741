package training.fusion.trainer.data;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.FileVisitor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.EnumSet;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import training.fusion.trainer.FileName;
import training.fusion.trainer.TrainingFailure;

/**
 * A folder as it was found: its folders by their names, its pictures, and what in it is neither.
 * Links are followed, and no file is opened.
 */
final class FolderTree {
  private final Path path;
  private final String name;
  private final SortedMap<String, FolderTree> folders = new TreeMap<>();
  private final List<Path> pictures = new ArrayList<>();
  private final List<Path> others = new ArrayList<>();
  private final List<Path> notFiles = new ArrayList<>();
  private final List<Path> systemFiles = new ArrayList<>();

  private FolderTree(Path path, String name) {
    this.path = path;
    this.name = name;
  }

  /**
   * Lists a folder with all below it.
   *
   * @param isPicture by a file's name
   * @throws TrainingFailure naming what is not text, may not be read, or is a link that leads back
   */
  static FolderTree list(Path folder, FolderReading reading, Predicate<Path> isPicture) {
    var root = new FolderTree(folder, "");
    try {
      Files.walkFileTree(
          folder,
          EnumSet.of(FileVisitOption.FOLLOW_LINKS),
          Integer.MAX_VALUE,
          new Listing(root, reading, isPicture));
    } catch (AccessDeniedException e) {
      throw TrainingFailure.badData(
          "%s may not be read by this user; change its permissions".formatted(e.getMessage()));
    } catch (FileSystemLoopException e) {
      throw TrainingFailure.badData(
          "%s is a link that leads back to a folder that it lies in; remove it"
              .formatted(e.getMessage()));
    } catch (IOException e) {
      throw TrainingFailure.unreadable(folder, e);
    }
    return root;
  }

  Path path() {
    return path;
  }

  String name() {
    return name;
  }

  /**
   * The name as that of a class: so it must be text.
   *
   * @throws TrainingFailure if it is not
   */
  String className() {
    return FileName.text(requireNonNull(path.getFileName()))
        .orElseThrow(
            () ->
                TrainingFailure.badData(
                    "%s: the folder's name is no text in UTF-8; rename it".formatted(path)));
  }

  /** Its folders, sorted by their names. */
  SortedMap<String, FolderTree> folders() {
    return folders;
  }

  /** Its folders with pictures in them, however deep, sorted by their names. */
  List<FolderTree> picturedFolders() {
    return folders.values().stream().filter(FolderTree::hasPictures).toList();
  }

  /** Pictures that lie directly in it. */
  List<Path> loosePictures() {
    return pictures;
  }

  /** Whether there are pictures in it, however deep. */
  boolean hasPictures() {
    return !pictures.isEmpty() || folders.values().stream().anyMatch(FolderTree::hasPictures);
  }

  /** All its pictures, however deep, sorted by their paths. */
  List<Path> allPictures() {
    return all(tree -> tree.pictures);
  }

  /** All files that are not named as pictures. */
  List<Path> allOthers() {
    return all(tree -> tree.others);
  }

  /** All that is neither a file nor a folder: it is never opened. */
  List<Path> allNotFiles() {
    return all(tree -> tree.notFiles);
  }

  /** All {@link SystemFile}s; what lies in such a folder is not counted. */
  List<Path> allSystemFiles() {
    return all(tree -> tree.systemFiles);
  }

  private interface Kind {
    List<Path> of(FolderTree tree);
  }

  private List<Path> all(Kind kind) {
    var found = new ArrayList<Path>();
    collect(kind, found);
    found.sort(null);
    return found;
  }

  private void collect(Kind kind, Collection<Path> target) {
    target.addAll(kind.of(this));
    folders.values().forEach(folder -> folder.collect(kind, target));
  }

  private static final class Listing implements FileVisitor<Path> {
    private final FolderReading reading;
    private final Predicate<Path> isPicture;
    private final FolderTree root;
    private final Deque<FolderTree> open = new ArrayDeque<>();

    Listing(FolderTree root, FolderReading reading, Predicate<Path> isPicture) {
      this.root = root;
      this.reading = reading;
      this.isPicture = isPicture;
    }

    @Override
    public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
      if (folder.equals(root.path)) {
        open.push(root);
        return FileVisitResult.CONTINUE;
      }
      FolderTree above = open.element();
      if (isSystemFile(folder)) {
        above.systemFiles.add(folder);
        return FileVisitResult.SKIP_SUBTREE;
      }
      var tree = new FolderTree(folder, name(folder));
      above.folders.put(tree.name, tree);
      open.push(tree);
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
      FolderTree above = open.element();
      if (isSystemFile(file)) {
        above.systemFiles.add(file);
      } else if (!attributes.isRegularFile()) {
        above.notFiles.add(file);
      } else if (isPicture.test(file)) {
        above.pictures.add(file);
      } else {
        above.others.add(file);
      }
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
      if (open.isEmpty() || !isSystemFile(file)) {
        throw e;
      }
      open.element().systemFiles.add(file); // often only their owner may look into them
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException e)
        throws IOException {
      if (e != null) {
        throw e;
      }
      open.pop();
      return FileVisitResult.CONTINUE;
    }

    private boolean isSystemFile(Path path) {
      return SystemFile.is(String.valueOf(path.getFileName()), reading);
    }

    /** A key that no other folder beside it has, be it text or not. */
    private static String name(Path folder) {
      return FileName.text(requireNonNull(folder.getFileName()))
          .orElseGet(() -> folder.toUri().getRawPath());
    }
  }
}
