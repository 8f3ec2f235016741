package training.fusion.trainer.listing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import training.fusion.trainer.TrainingFailure;

/** Folders around a data set's files: an archive's own, or those that a download makes. */
public final class Wrapping {
  private Wrapping() {}

  /**
   * Enters folders that are alone, until what is looked for is there.
   *
   * @param holdsData whether a folder has the files
   * @return the given folder if it leads nowhere
   */
  public static Path entered(Path given, Predicate<Path> holdsData) {
    Path folder = given;
    while (!holdsData.test(folder)) {
      List<Path> folders = list(folder).stream().filter(Files::isDirectory).toList();
      if (folders.size() != 1) {
        return given;
      }
      folder = folders.get(0);
    }
    return folder;
  }

  /** What lies in a folder and is no system's own, sorted. */
  public static List<Path> list(Path folder) {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries
          .filter(
              path -> !SystemFile.is(String.valueOf(path.getFileName()), FolderReading.BY_MEANING))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw TrainingFailure.unreadable(folder, e);
    }
  }
}
