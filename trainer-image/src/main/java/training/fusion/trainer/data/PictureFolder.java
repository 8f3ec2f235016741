package training.fusion.trainer.data;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.BiPredicate;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.picture.Framing;

/**
 * Pictures in one folder per class, as torchvision's {@code ImageFolder} has them: classes are the
 * folders' names, sorted; pictures may lie deeper. The class folders are at the top, or in {@code
 * train}, with {@code val} (or {@code validation}) and {@code test} beside it where there are such.
 * Files that are no pictures by their names, and names that begin with a dot, are left out.
 */
final class PictureFolder {
  private static final Logger LOG = LoggerFactory.getLogger(PictureFolder.class);
  private static final List<String> ENDINGS = List.of(".jpg", ".jpeg", ".png", ".bmp");
  private static final List<String> NO_CLASSES = List.of("lost+found", "__MACOSX");

  /** What Java puts in place of bytes that are no text. */
  private static final char NO_TEXT = '\uFFFD';

  private PictureFolder() {}

  /**
   * Lists the pictures; none is opened.
   *
   * @throws TrainingFailure naming the folder that is not as expected
   */
  static ImageFiles read(Path folder, Framing framing) {
    Path train = folder.resolve("train");
    if (!Files.isDirectory(train) || folders(train).isEmpty()) {
      List<String> names = names(folder);
      return new ImageFiles(
          folder, "class folders", names, part(folder, folder, names, framing), null, null);
    }
    List<String> names = names(train);
    Path validation = folder.resolve("val");
    if (!Files.isDirectory(validation)) {
      validation = folder.resolve("validation");
    }
    Path test = folder.resolve("test");
    boolean validates = Files.isDirectory(validation);
    return new ImageFiles(
        folder,
        validates ? "folders train and " + validation.getFileName() : "folder train",
        names,
        part(folder, train, names, framing),
        validates ? part(folder, validation, names, framing) : null,
        Files.isDirectory(test) ? part(folder, test, names, framing) : null);
  }

  private static List<String> names(Path folder) {
    List<String> names = folders(folder);
    if (names.isEmpty()) {
      throw TrainingFailure.badData(
          "%s has no class folders: one folder for each class, with its pictures, is expected, or such folders within train, val and test"
              .formatted(folder));
    }
    return names;
  }

  private static List<String> folders(Path folder) {
    return listed(
        folder,
        1,
        (path, found) -> found.isDirectory() && !path.equals(folder),
        paths ->
            paths
                .map(PictureFolder::name)
                .filter(name -> !name.startsWith(".") && !NO_CLASSES.contains(name))
                .sorted()
                .toList());
  }

  /** A folder's name, which names a class: so it must be text. */
  private static String name(Path folder) {
    String name = String.valueOf(folder.getFileName());
    if (name.indexOf(NO_TEXT) >= 0) {
      throw TrainingFailure.badData(
          "%s: the folder's name is no text in %s; rename it, or set LC_ALL=C.UTF-8 where it is in UTF-8"
              .formatted(folder, System.getProperty("sun.jnu.encoding", "UTF-8")));
    }
    return name;
  }

  private static PictureFiles part(
      Path root, Path folder, List<String> classNames, Framing framing) {
    for (String name : folders(folder)) {
      if (!classNames.contains(name)) {
        throw TrainingFailure.badData(
            "%s is a class that the training pictures do not have; their classes are %s"
                .formatted(folder.resolve(name), shortened(classNames)));
      }
    }
    List<Path> files = new ArrayList<>();
    List<Integer> labels = new ArrayList<>();
    var others = new ArrayList<Path>();
    var notFiles = new ArrayList<Path>();
    for (int label = 0; label < classNames.size(); label++) {
      Path ofClass = folder.resolve(classNames.get(label));
      if (!Files.isDirectory(ofClass)) {
        continue; // a class that the test pictures lack
      }
      for (Path file : files(ofClass, notFiles)) {
        if (isPicture(file)) {
          files.add(file);
          labels.add(label);
        } else {
          others.add(file);
        }
      }
      if (labels.isEmpty() || labels.get(labels.size() - 1) != label) {
        throw TrainingFailure.badData(
            "%s has no pictures; files named %s are expected"
                .formatted(ofClass, String.join(", ", ENDINGS)));
      }
    }
    if (files.isEmpty()) {
      throw TrainingFailure.badData("%s has no class folders with pictures".formatted(folder));
    }
    leftOut(others, folder, "they are not named as pictures of " + String.join(", ", ENDINGS));
    leftOut(
        notFiles,
        folder,
        "they are no files: links that lead nowhere, named pipes, sockets or devices");
    int[] classes = labels.stream().mapToInt(Integer::intValue).toArray();
    return new PictureFiles(root, folder, List.copyOf(files), classes, framing);
  }

  private static void leftOut(List<Path> paths, Path folder, String why) {
    if (!paths.isEmpty()) {
      LOG.warn(
          "{} file(s) in {} are left out, since {}; one is {}",
          paths.size(),
          folder,
          why,
          paths.get(0));
    }
  }

  private static String shortened(List<String> names) {
    return String.join(", ", names.subList(0, Math.min(5, names.size())))
        + (names.size() > 5 ? " and %d more".formatted(names.size() - 5) : "");
  }

  /**
   * All files below a folder, sorted.
   *
   * @param notFiles takes what is neither a file nor a folder: it is never opened
   */
  private static List<Path> files(Path folder, List<Path> notFiles) {
    return listed(
        folder,
        Integer.MAX_VALUE,
        (path, found) -> {
          if (found.isDirectory() || hidden(folder.relativize(path))) {
            return false;
          }
          if (!found.isRegularFile()) {
            notFiles.add(path);
          }
          return found.isRegularFile();
        },
        paths -> paths.sorted().toList());
  }

  private static boolean hidden(Path path) {
    for (Path name : path) {
      if (name.toString().startsWith(".")) {
        return true;
      }
    }
    return false;
  }

  private static boolean isPicture(Path file) {
    String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
    return ENDINGS.stream().anyMatch(name::endsWith);
  }

  private interface Listing<T> {
    List<T> of(Stream<Path> paths);
  }

  private static <T> List<T> listed(
      Path folder, int depth, BiPredicate<Path, BasicFileAttributes> wanted, Listing<T> listing) {
    try (Stream<Path> paths = Files.find(folder, depth, wanted, FileVisitOption.FOLLOW_LINKS)) {
      return listing.of(paths);
    } catch (UncheckedIOException e) {
      throw notListed(folder, requireNonNull(e.getCause()));
    } catch (IOException e) {
      throw notListed(folder, e);
    }
  }

  private static TrainingFailure notListed(Path folder, IOException e) {
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
}
