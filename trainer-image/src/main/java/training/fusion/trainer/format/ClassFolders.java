package training.fusion.trainer.format;

import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import training.fusion.trainer.TrainingFailure;

/**
 * A part's class folders.
 *
 * @param path where they lie, for messages
 * @param folders by the classes' names
 */
record ClassFolders(Path path, SortedMap<String, FolderTree> folders) {

  /**
   * Folders that are classes.
   *
   * @throws TrainingFailure if a name is no text, or one of them has no pictures
   */
  static ClassFolders of(Path path, Collection<FolderTree> folders) {
    var classes = new TreeMap<String, FolderTree>();
    for (FolderTree folder : folders) {
      String name = folder.className();
      if (!folder.hasPictures()) {
        throw TrainingFailure.badData(
            "%s has no pictures%s; files named %s are expected"
                .formatted(
                    folder.path(),
                    deadLinks(folder.allNotFiles()),
                    String.join(", ", PictureFolder.ENDINGS)));
      }
      classes.put(name, folder);
    }
    return new ClassFolders(path, classes);
  }

  private static String deadLinks(List<Path> notFiles) {
    return notFiles.isEmpty()
        ? ""
        : ", but %d link(s) that lead nowhere, such as %s: fetch what they lead to (git annex get, dvc pull)"
            .formatted(notFiles.size(), notFiles.get(0).getFileName());
  }
}
