package training.fusion.trainer.format;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import training.fusion.trainer.TrainingFailure;

/** Class folders, each with folders for its parts: {@code cat/train}, {@code cat/test}. */
final class PartsInClasses {
  private final FolderTree root;

  PartsInClasses(FolderTree root) {
    this.root = root;
  }

  /** The layout, if every class has just such folders, and one to train on. */
  Optional<FolderLayout> layout(FolderParts parts) {
    Map<PartRole, SortedMap<String, FolderTree>> found = new EnumMap<>(PartRole.class);
    List<FolderTree> classes = root.picturedFolders();
    for (FolderTree folder : classes) {
      List<FolderTree> inner = new ArrayList<>(folder.picturedFolders());
      if (!folder.loosePictures().isEmpty() || inner.isEmpty()) {
        return Optional.empty();
      }
      List<PartRole> together = PartRole.together(inner.stream().map(FolderTree::name).toList());
      for (int i = 0; i < inner.size(); i++) {
        FolderTree part = inner.get(i);
        PartRole role = together.isEmpty() ? PartRole.of(part.name()) : together.get(i);
        if (role == null
            || found.computeIfAbsent(role, r -> new TreeMap<>()).put(folder.className(), part)
                != null) {
          return Optional.empty();
        }
      }
    }
    ClassFolders train = part(found.get(PartRole.TRAIN));
    if (train == null || train.folders().size() < classes.size() || found.size() == 1) {
      return Optional.empty();
    }
    refuseNoClasses(classes);
    return Optional.of(
        parts.ofParts(train, part(found.get(PartRole.VALIDATION)), part(found.get(PartRole.TEST))));
  }

  /** {@code images/train, masks/train}: the classes are further down, or nowhere. */
  private void refuseNoClasses(List<FolderTree> classes) {
    for (FolderTree folder : classes) {
      if (PartRole.saysNothing(folder.name())) {
        throw TrainingFailure.badData(
            "%s holds the folders %s, and so does what lies beside it; if they are parts, name it as the data set's folder, and if it is a class, give it another name"
                .formatted(folder.path(), FolderLayout.names(folder.picturedFolders())));
      }
    }
  }

  private @Nullable ClassFolders part(@Nullable SortedMap<String, FolderTree> folders) {
    return folders == null ? null : new ClassFolders(root.path(), folders);
  }
}
