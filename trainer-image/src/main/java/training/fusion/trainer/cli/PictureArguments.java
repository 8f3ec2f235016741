package training.fusion.trainer.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import training.fusion.trainer.TrainingFailure;

/**
 * The files that a command line names, and those of the folders that it names: all that lie in
 * them, however deep, in the order of their names, but for those that begin with a dot.
 *
 * @param named whether the file itself was named, and is not only in a folder that was
 */
record PictureArguments(Path file, boolean named) {
  /**
   * Lists them; none is opened.
   *
   * @throws TrainingFailure naming what is not there, cannot be listed, or has no files
   */
  static List<PictureArguments> of(List<Path> arguments) {
    var all = new ArrayList<PictureArguments>();
    for (Path argument : arguments) {
      if (!Files.exists(argument)) {
        throw TrainingFailure.badData("%s is not there".formatted(argument));
      }
      if (Files.isDirectory(argument)) {
        all.addAll(in(argument));
      } else {
        all.add(new PictureArguments(argument, true));
      }
    }
    return all;
  }

  private static List<PictureArguments> in(Path folder) {
    try (Stream<Path> paths =
        Files.find(
            folder,
            Integer.MAX_VALUE,
            (path, found) -> found.isRegularFile() && !hidden(folder.relativize(path)),
            FileVisitOption.FOLLOW_LINKS)) {
      List<PictureArguments> files =
          paths.sorted().map(file -> new PictureArguments(file, false)).toList();
      if (files.isEmpty()) {
        throw TrainingFailure.badData("%s has no files".formatted(folder));
      }
      return files;
    } catch (UncheckedIOException e) {
      throw TrainingFailure.unreadable(folder, Objects.requireNonNull(e.getCause()));
    } catch (IOException e) {
      throw TrainingFailure.unreadable(folder, e);
    }
  }

  private static boolean hidden(Path path) {
    for (Path name : path) {
      if (name.toString().startsWith(".")) {
        return true;
      }
    }
    return false;
  }
}
