package training.fusion.trainer.format;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.format.PartRole.Reading;

/**
 * The folders that may be parts, as their names say: each by itself; all together, where they are
 * the same but for a word; or by any of its words, where what lies in it agrees.
 */
record NamedParts(
    @Nullable FolderTree train, @Nullable FolderTree validation, @Nullable FolderTree test) {

  /**
   * Finds them among a folder's folders.
   *
   * @throws TrainingFailure naming two that would be the same part, or those that are parts and
   *     classes in one
   */
  static NamedParts of(FolderTree root) {
    List<FolderTree> folders = root.picturedFolders();
    Map<PartRole, FolderTree> parts = new EnumMap<>(PartRole.class);
    for (FolderTree folder : folders) {
      put(root, parts, PartRole.of(folder.name()), folder);
    }
    List<PartRole> together =
        parts.containsKey(PartRole.TRAIN) || folders.size() < 2
            ? List.of()
            : PartRole.together(folders.stream().map(FolderTree::name).toList());
    for (int i = 0; i < together.size(); i++) {
      parts.put(together.get(i), folders.get(i));
    }
    addAgreeing(folders, parts);
    if (!parts.containsKey(PartRole.TRAIN)) {
      refuseClassesInParts(root, folders);
    }
    return new NamedParts(
        parts.get(PartRole.TRAIN), parts.get(PartRole.VALIDATION), parts.get(PartRole.TEST));
  }

  /** The parts that are not for training. */
  List<FolderTree> evaluated() {
    return Stream.of(validation, test).filter(folder -> folder != null).toList();
  }

  private static void put(
      FolderTree root,
      Map<PartRole, FolderTree> parts,
      @Nullable PartRole role,
      FolderTree folder) {
    FolderTree other = role == null ? null : parts.put(role, folder);
    if (other != null) {
      throw TrainingFailure.badData(
          "%s has the folders %s, which would be the same part; leave one of them there, or name another so"
              .formatted(root.path(), FolderLayout.names(List.of(other, folder))));
    }
  }

  /** Adds folders such as {@code train_augmented} and {@code final test}. */
  private static void addAgreeing(List<FolderTree> folders, Map<PartRole, FolderTree> parts) {
    Map<PartRole, List<FolderTree>> named = new EnumMap<>(PartRole.class);
    for (FolderTree folder : folders) {
      PartRole role = parts.containsValue(folder) ? null : PartRole.among(folder.name());
      if (role != null && !parts.containsKey(role)) {
        named.computeIfAbsent(role, r -> new ArrayList<>()).add(folder);
      }
    }
    named.values().removeIf(several -> several.size() > 1);
    Map<PartRole, FolderTree> all = new EnumMap<>(parts);
    named.forEach((role, one) -> all.put(role, one.get(0)));
    FolderTree train = all.get(PartRole.TRAIN);
    if (train == null) {
      return;
    }
    List<FolderTree> classes = FolderLayout.classesOf(train);
    Map<PartRole, FolderTree> agreeing = new EnumMap<>(all);
    agreeing
        .values()
        .removeIf(
            part ->
                part == train
                    || parts.containsValue(part)
                    || !FolderLayout.shareClasses(List.of(part), classes));
    boolean trainAgrees =
        !parts.containsValue(train)
            && all.values().stream()
                .anyMatch(
                    part -> part != train && FolderLayout.shareClasses(List.of(part), classes));
    if (trainAgrees) {
      parts.put(PartRole.TRAIN, train);
    }
    if (parts.containsKey(PartRole.TRAIN)) {
      parts.putAll(agreeing);
    }
  }

  /** {@code train_cat, train_dog, test_cat, test_dog}: not four classes. */
  private static void refuseClassesInParts(FolderTree root, List<FolderTree> folders) {
    Map<String, FolderTree> training = new LinkedHashMap<>();
    Map<String, FolderTree> others = new LinkedHashMap<>();
    for (FolderTree folder : folders) {
      for (Reading reading : Reading.of(folder.name())) {
        (reading.role() == PartRole.TRAIN ? training : others)
            .putIfAbsent(reading.beside(), folder);
      }
    }
    training.forEach(
        (beside, train) -> {
          FolderTree other = others.get(beside);
          if (other != null && other != train) {
            throw TrainingFailure.badData(
                "%s has the folders %s, which are called as parts of a data set, among others; put the class folders of each part into one folder, called train, val or test"
                    .formatted(root.path(), FolderLayout.names(List.of(train, other))));
          }
        });
  }
}
