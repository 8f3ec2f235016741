package training.fusion.trainer.format;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.RecursiveAction;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import training.fusion.trainer.FileName;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.listing.FolderEntries;
import training.fusion.trainer.listing.FolderReading;
import training.fusion.trainer.listing.FolderStamp;
import training.fusion.trainer.listing.Listing;

/**
 * A folder as it was found: its folders by their names, its pictures, and what in it is neither.
 * Links are followed, and no file is opened.
 */
final class FolderTree {
  private static final int SIDE_BY_SIDE = 16;

  private final Path path;
  private final String name;
  private final SortedMap<String, FolderTree> folders = new TreeMap<>();
  private final List<byte[]> pictures = new ArrayList<>();
  private final List<byte[]> others = new ArrayList<>();
  private final List<byte[]> notFiles = new ArrayList<>();
  private final List<byte[]> systemFiles = new ArrayList<>();

  private FolderTree(Path path, String name) {
    this.path = path;
    this.name = name;
  }

  /**
   * Lists a folder with all below it, many folders side by side: what takes time is to wait for
   * answers, where the file system is a network's.
   *
   * @param isPicture by a file's name
   * @throws TrainingFailure naming what is not text, may not be read, or is a link that leads back
   */
  static FolderTree list(
      Path folder, FolderReading reading, Predicate<byte[]> isPicture, Listing listing) {
    var root = new FolderTree(folder, "");
    var threads = new ForkJoinPool(SIDE_BY_SIDE);
    try {
      FolderStamp stamp = FolderStamp.of(folder);
      listing.begin(folder, stamp, reading);
      threads.invoke(new Visit(root, "", null, isPicture, listing));
    } catch (UncheckedIOException e) {
      throw failure(folder, requireNonNull(e.getCause()));
    } catch (IOException e) {
      throw failure(folder, e);
    } finally {
      threads.shutdownNow();
    }
    return root;
  }

  private static TrainingFailure failure(Path folder, IOException e) {
    if (e instanceof AccessDeniedException) {
      return TrainingFailure.badData(
          "%s may not be read by this user; change its permissions".formatted(e.getMessage()));
    }
    if (e instanceof FileSystemLoopException) {
      return TrainingFailure.badData(
          "%s is a link that leads back to a folder that it lies in; remove it"
              .formatted(e.getMessage()));
    }
    return TrainingFailure.unreadable(folder, e);
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
    return files(this, tree -> tree.pictures);
  }

  /** Whether there are pictures in it, however deep. */
  boolean hasPictures() {
    return !pictures.isEmpty() || folders.values().stream().anyMatch(FolderTree::hasPictures);
  }

  /** All its pictures, however deep, sorted by their paths. */
  FilePaths allPictures() {
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

  private FilePaths all(Function<FolderTree, List<byte[]>> kind) {
    var found = new FilePaths.Collector();
    collect(kind, found);
    return found.collected().sorted();
  }

  private void collect(Function<FolderTree, List<byte[]>> kind, FilePaths.Collector target) {
    target.add(path, kind.apply(this));
    folders.values().forEach(folder -> folder.collect(kind, target));
  }

  private static List<Path> files(FolderTree tree, Function<FolderTree, List<byte[]>> kind) {
    var found = new FilePaths.Collector();
    found.add(tree.path, kind.apply(tree));
    return found.collected();
  }

  /** A folder that is open, and those that it lies in. */
  private record Open(FolderStamp stamp, @Nullable Open above) {
    boolean leadsBack() {
      for (Open open = above; open != null; open = open.above) {
        if (open.stamp.isFolder(stamp)) {
          return true;
        }
      }
      return false;
    }
  }

  /** Fills a folder's tree, and those of the folders in it. */
  private static final class Visit extends RecursiveAction {
    private static final long serialVersionUID = 1L;

    private final transient FolderTree tree;
    private final String below;
    private final transient @Nullable Open above;
    private final transient Predicate<byte[]> isPicture;
    private final transient Listing listing;

    Visit(
        FolderTree tree,
        String below,
        @Nullable Open above,
        Predicate<byte[]> isPicture,
        Listing listing) {
      this.tree = tree;
      this.below = below;
      this.above = above;
      this.isPicture = isPicture;
      this.listing = listing;
    }

    @Override
    protected void compute() {
      try {
        var open = new Open(FolderStamp.of(tree.path), above);
        if (open.leadsBack()) {
          throw new FileSystemLoopException(tree.path.toString());
        }
        invokeAll(filled(listing.entries(tree.path, below, open.stamp), open));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private List<Visit> filled(FolderEntries entries, Open open) {
      List<Visit> inner = new ArrayList<>();
      for (int i = 0; i < entries.count(); i++) {
        byte[] name = entries.names()[i];
        switch (entries.kind(i)) {
          case FOLDER -> inner.add(visit(name, open));
          case FILE -> (isPicture.test(name) ? tree.pictures : tree.others).add(name);
          case NEITHER -> tree.notFiles.add(name);
          case SYSTEM -> tree.systemFiles.add(name);
        }
      }
      return inner;
    }

    private Visit visit(byte[] name, Open open) {
      Path path = FileName.resolve(tree.path, name);
      String bytes = new String(name, StandardCharsets.ISO_8859_1);
      // a key that no other folder beside it has, be it text or not
      String key = FileName.text(name).orElseGet(() -> path.toUri().getRawPath());
      var folder = new FolderTree(path, key);
      tree.folders.put(key, folder);
      return new Visit(
          folder, below.isEmpty() ? bytes : below + "/" + bytes, open, isPicture, listing);
    }
  }
}
