package training.fusion.trainer.format;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.listing.FolderReading;

/** The layout that runs of {@link FolderReading#EXACT_NAMES} began with. */
final class ExactNames {
  private static final Set<String> ROLES = Set.of("train", "val", "validation", "test");

  private ExactNames() {}

  static FolderLayout layout(FolderTree given) {
    FolderTree root = unwrapped(given);
    FolderTree train = root.folders().get("train");
    if (train == null || train.folders().isEmpty()) {
      ClassFolders classes = ClassFolders.of(root.path(), root.folders().values());
      return new FolderLayout(root.path(), "class folders", classes, null, null, List.of());
    }
    FolderTree validation = root.folders().get("val");
    if (validation == null) {
      validation = root.folders().get("validation");
    }
    ClassFolders classes = ClassFolders.of(train.path(), train.folders().values());
    return new FolderLayout(
        root.path(),
        validation == null ? "folder train" : "folders train and " + validation.name(),
        classes,
        part(validation, classes),
        part(root.folders().get("test"), classes),
        List.of());
  }

  private static FolderTree unwrapped(FolderTree tree) {
    List<FolderTree> folders = List.copyOf(tree.folders().values());
    return folders.size() == 1
            && tree.loosePictures().isEmpty()
            && !folders.get(0).folders().isEmpty()
            && !ROLES.contains(folders.get(0).name())
        ? unwrapped(folders.get(0))
        : tree;
  }

  private static @Nullable ClassFolders part(@Nullable FolderTree folder, ClassFolders train) {
    if (folder == null) {
      return null;
    }
    for (FolderTree ofClass : folder.folders().values()) {
      if (!train.folders().containsKey(ofClass.name())) {
        throw TrainingFailure.badData(
            "%s is a class that the training pictures do not have; their classes are %s"
                .formatted(
                    ofClass.path(),
                    PictureFolder.shortened(List.copyOf(train.folders().keySet()))));
      }
    }
    return ClassFolders.of(folder.path(), folder.folders().values());
  }
}
