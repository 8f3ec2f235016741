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
import org.jspecify.annotations.Nullable;
import training.fusion.trainer.InWords;

/**
 * The files that a command line names, and those of the folders that it names: all that lie in
 * them, however deep, in the order of their names, but for those that begin with a dot.
 *
 * @param named whether the file itself was named, and is not only in a folder that was
 * @param problem why there is no picture, without looking at it; null: it is to be looked at
 */
record PictureArguments(Path file, boolean named, @Nullable String problem) {
  /** Lists them; none is opened. */
  static List<PictureArguments> of(List<Path> arguments) {
    var all = new ArrayList<PictureArguments>();
    for (Path argument : arguments) {
      if (Files.isDirectory(argument)) {
        all.addAll(in(argument));
      } else {
        all.add(
            new PictureArguments(
                argument, true, Files.exists(argument) ? null : "it is not there"));
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
          paths.sorted().map(file -> new PictureArguments(file, false, null)).toList();
      return files.isEmpty() ? none(folder, "it has no files") : files;
    } catch (UncheckedIOException e) {
      return none(
          folder, "it cannot be listed: " + InWords.of(Objects.requireNonNull(e.getCause())));
    } catch (IOException e) {
      return none(folder, "it cannot be listed: " + InWords.of(e));
    }
  }

  private static List<PictureArguments> none(Path folder, String problem) {
    return List.of(new PictureArguments(folder, true, problem));
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
