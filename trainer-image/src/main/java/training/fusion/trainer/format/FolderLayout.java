package training.fusion.trainer.format;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import training.fusion.api.Dataset;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.label.ClassNames;

/**
 * Which folders of a tree are which class of which part. People lay them out in four ways: the
 * class folders alone; the class folders, and folders for validation and test beside them; a folder
 * for each part, named by its {@link PartRole}, with the class folders in it; class folders with a
 * folder for each part in them. A folder with nothing but another folder of folders is entered.
 * What the names leave open is settled by what lies in the folders: parts hold the same classes.
 *
 * @param root the data set's folder, or the one that it wraps
 * @param present names of the parts that are there, for messages
 * @param train the training pictures, or all there are
 * @param validation null: drawn from train
 * @param test null: drawn from train
 * @param remarks what is passed over, and why: sentences
 */
public record FolderLayout(
    Path root,
    String present,
    ClassFolders train,
    @Nullable ClassFolders validation,
    @Nullable ClassFolders test,
    List<String> remarks) {

  /**
   * Which parts are taken from folders of their own, where there are such.
   *
   * @param validation false: {@code split.validation} is 0
   * @param test false: {@code split.test} says how many to draw
   */
  record Asked(boolean validation, boolean test) {
    static Asked of(Dataset.@Nullable Split split) {
      return split == null
          ? new Asked(true, true)
          : new Asked(split.validation() == null || split.validation() > 0, split.test() == null);
    }
  }

  /**
   * Finds the parts.
   *
   * @throws TrainingFailure naming the folder that is none of them, or could be several
   */
  static FolderLayout of(FolderTree given, Asked asked) {
    FolderTree root = unwrapped(given, Set.of());
    NamedParts named = NamedParts.of(root);
    FolderTree train = named.train();
    FolderTree validation = named.validation();
    FolderTree test = named.test();
    List<FolderTree> evaluated = named.evaluated();
    List<FolderTree> beside = new ArrayList<>(root.folders().values());
    beside.removeAll(evaluated);
    var parts = new FolderParts(given, root, asked);
    boolean trainNamesThem = train != null && shareClasses(evaluated, classesOf(train));
    if (!trainNamesThem && shareClasses(evaluated, beside)) {
      return parts.of(ClassFolders.of(root.path(), beside), validation, test);
    }
    beside.remove(train);
    if (train != null && (!evaluated.isEmpty() || isPart(train, pictured(beside)))) {
      parts.unused(pictured(beside), train);
      return parts.of(classFolders(train), validation, test);
    }
    if (train == null && !evaluated.isEmpty() && pictured(beside).isEmpty()) {
      throw TrainingFailure.badData(
          "%s has the folders %s, and none called train with pictures to train on"
              .formatted(root.path(), names(evaluated)));
    }
    return new PartsInClasses(root)
        .layout(parts)
        .orElseGet(() -> parts.ofClasses(train, evaluated));
  }

  /**
   * Whether a folder called train is a part, though neither validation nor test lie beside it: it
   * may be a class as the others are, among vehicles say.
   */
  private static boolean isPart(FolderTree train, List<FolderTree> beside) {
    List<FolderTree> classes = classesOf(train);
    if (classes.isEmpty()) {
      return false;
    }
    long unlike =
        beside.stream()
            .filter(folder -> !classesOf(folder).isEmpty())
            .filter(folder -> !shareClasses(List.of(folder), classes))
            .count();
    if (unlike == 0 || (unlike > 1 && unlike == beside.size())) {
      return unlike == 0;
    }
    throw TrainingFailure.badData(
        "%s is a part or a class: beside it lie %s, which do not hold the same folders. If it is a part, name it as the data set's folder; if it is a class, give it another name"
            .formatted(train.path(), names(beside)));
  }

  private static ClassFolders classFolders(FolderTree train) {
    FolderTree inner = unwrapped(train, Set.of());
    if (inner.picturedFolders().isEmpty()) {
      throw TrainingFailure.badData(
          "%s has no class folders, but %d pictures: one folder for each class is expected, with its pictures"
              .formatted(inner.path(), inner.loosePictures().size()));
    }
    return ClassFolders.of(inner.path(), inner.folders().values());
  }

  /** Folders that may be a part's classes. */
  static List<FolderTree> classesOf(FolderTree part) {
    return unwrapped(part, Set.of()).picturedFolders();
  }

  /** Enters folders with nothing but one folder of folders, unless that is a known class. */
  static FolderTree unwrapped(FolderTree tree, Set<String> classes) {
    List<FolderTree> pictured = tree.picturedFolders();
    boolean wraps =
        pictured.size() == 1
            && tree.loosePictures().isEmpty()
            && pictured.get(0).loosePictures().isEmpty()
            && !pictured.get(0).picturedFolders().isEmpty()
            && !classes.contains(ClassNames.composed(pictured.get(0).name()));
    return wraps ? unwrapped(pictured.get(0), classes) : tree;
  }

  /** Whether parts have folders that are called as some classes are. */
  static boolean shareClasses(List<FolderTree> parts, Collection<FolderTree> classes) {
    Set<String> known = composedNames(classes);
    return parts.stream()
        .flatMap(part -> unwrapped(part, known).picturedFolders().stream())
        .anyMatch(folder -> known.contains(ClassNames.composed(folder.name())));
  }

  static Set<String> composedNames(Collection<FolderTree> folders) {
    return folders.stream()
        .map(folder -> ClassNames.composed(folder.name()))
        .collect(Collectors.toSet());
  }

  private static List<FolderTree> pictured(List<FolderTree> folders) {
    return folders.stream().filter(FolderTree::hasPictures).toList();
  }

  /** The first of some folders, and how many more there are. */
  static String names(List<FolderTree> folders) {
    return PictureFolder.shortened(folders.stream().map(FolderTree::name).toList());
  }
}
