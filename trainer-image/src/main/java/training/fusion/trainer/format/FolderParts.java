package training.fusion.trainer.format;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import training.fusion.trainer.FileName;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.label.ClassNames;

/** Makes a layout of the training pictures' classes and the folders that may be its other parts. */
final class FolderParts {
  private static final String OTHER_TEST =
      "dataset.split.test is given, so pictures to test on are drawn from the training pictures";

  private final FolderTree given;
  private final FolderTree root;
  private final FolderLayout.Asked asked;
  private final List<String> remarks = new ArrayList<>();

  /** Folders of which all pictures are used, or said not to be. */
  private final Set<FolderTree> accounted = Collections.newSetFromMap(new IdentityHashMap<>());

  FolderParts(FolderTree given, FolderTree root, FolderLayout.Asked asked) {
    this.given = given;
    this.root = root;
    this.asked = asked;
  }

  /** Folders that are no parts. */
  void unused(List<FolderTree> folders, FolderTree train) {
    for (FolderTree folder : folders) {
      pass(
          folder,
          "it lies beside %s, and is called neither validation nor test".formatted(train.name()));
    }
  }

  private void pass(FolderTree folder, String why) {
    accounted.add(folder);
    remarks.add(
        "%s with its %d picture(s) is not used: %s"
            .formatted(relative(folder.path()), folder.allPictures().size(), why));
  }

  private void pass(ClassFolders part, String purpose, String why) {
    accounted.addAll(part.folders().values());
    int pictures = part.folders().values().stream().mapToInt(f -> f.allPictures().size()).sum();
    remarks.add(
        "%d picture(s) of %s %s are not used: %s"
            .formatted(pictures, part.path().getFileName(), purpose, why));
  }

  private String relative(Path path) {
    Path name = root.path().relativize(path);
    return FileName.text(name).orElse(name.toString());
  }

  /** The class folders are all there is, whatever they are called. */
  FolderLayout ofClasses(@Nullable FolderTree train, List<FolderTree> evaluated) {
    List<FolderTree> taken = new ArrayList<>(evaluated);
    if (train != null) {
      taken.add(train);
    }
    for (FolderTree folder : taken) {
      refuseUnlabelled(folder, train);
      remarks.add(
          "%s is taken for a class, since the folders beside it are no parts"
              .formatted(ClassNames.told(folder.name())));
    }
    ClassFolders classes = ClassFolders.of(root.path(), root.folders().values());
    remarkSameFolders(classes);
    return layout("class folders", classes, null, null);
  }

  /** Parts under names that are not known look like classes that all hold the same folders. */
  private void remarkSameFolders(ClassFolders classes) {
    Set<Set<String>> held =
        classes.folders().values().stream()
            .map(folder -> FolderLayout.composedNames(folder.picturedFolders()))
            .collect(Collectors.toSet());
    if (classes.folders().size() > 1 && held.size() == 1) {
      remarkSameFolders(classes, held.iterator().next());
    }
  }

  private void remarkSameFolders(ClassFolders classes, Set<String> same) {
    if (same.size() > 1) {
      Set<String> names = classes.folders().keySet();
      String said =
          "%s all hold the same folders %s"
              .formatted(
                  PictureFolder.shortened(List.copyOf(names)),
                  PictureFolder.shortened(same.stream().sorted().toList()));
      if (names.stream().allMatch(PartRole::saysNothing)
          || names.stream().anyMatch(name -> PartRole.among(name) != null)) {
        throw TrainingFailure.badData(
            "in %s the folders %s and would be the classes; if they are parts, call them train, val and test, and put pieces of one part together; if they are classes, give them names without such words"
                .formatted(root.path(), said));
      }
      remarks.add(
          "the classes %s: if those are the classes, call the folders above them train, val and test"
              .formatted(said));
    }
  }

  /**
   * Pictures without classes, beside class folders, are rather what a competition is judged by than
   * a class of their own. Whether {@code valid} is one nobody can tell.
   */
  private void refuseUnlabelled(FolderTree folder, @Nullable FolderTree train) {
    boolean unlabelled =
        folder != train
            && folder.picturedFolders().isEmpty()
            && !folder.name().toLowerCase(Locale.ROOT).equals("valid")
            && root.picturedFolders().size() > 2;
    if (unlabelled) {
      throw TrainingFailure.badData(
          "%s with its %d picture(s) is a part or a class: beside it lie class folders. If it is a part, put the class folders into a folder train beside it; if it is a class, give it another name"
              .formatted(folder.path(), folder.allPictures().size()));
    }
  }

  /** Parts in folders of their own, as far as they are asked for and their classes are known. */
  FolderLayout of(ClassFolders train, @Nullable FolderTree validation, @Nullable FolderTree test) {
    ClassFolders validates = validation == null ? null : labelled(validation, train);
    if (validation != null && validates == null && asked.validation()) {
      pass(
          validation,
          "it has no class folders; pictures to validate on are drawn from the training pictures");
    }
    ClassFolders tests = test == null ? null : labelledOrUnasked(test, train);
    return ofParts(train, validates, tests);
  }

  private @Nullable ClassFolders labelledOrUnasked(FolderTree test, ClassFolders train) {
    if (!asked.test()) {
      pass(test, OTHER_TEST);
      return null;
    }
    ClassFolders labelled = labelled(test, train);
    if (labelled == null) {
      throw TrainingFailure.badData(
          "%s has %d picture(s) and none of the class folders %s, so their classes are not known; set dataset.split.test to a fraction, such as 0.1, to draw test pictures from the training pictures"
              .formatted(test.path(), test.allPictures().size(), classes(train)));
    }
    return labelled;
  }

  /** Parts whose class folders are known, as far as they are asked for. */
  FolderLayout ofParts(
      ClassFolders train, @Nullable ClassFolders validation, @Nullable ClassFolders test) {
    if (validation != null && !asked.validation()) {
      pass(validation, "to validate on", "dataset.split.validation is 0");
    }
    if (test != null && !asked.test()) {
      pass(test, "to test on", OTHER_TEST);
    }
    ClassFolders validates = asked.validation() ? validation : null;
    return layout(present(train, validates), train, validates, asked.test() ? test : null);
  }

  private String present(ClassFolders train, @Nullable ClassFolders validation) {
    String folder = relative(train.path());
    return (folder.isEmpty() ? "class folders" : "folder " + folder)
        + (validation == null || validation.path().equals(train.path())
            ? ""
            : " and " + relative(validation.path()));
  }

  FolderLayout layout(
      String present,
      ClassFolders train,
      @Nullable ClassFolders validation,
      @Nullable ClassFolders test) {
    ClassNames.refuseTwins(train.path(), train.folders().keySet());
    for (ClassFolders part : new ClassFolders[] {train, validation, test}) {
      if (part != null) {
        accounted.addAll(part.folders().values());
      }
    }
    List<Path> loose = new ArrayList<>();
    collectLoose(given, loose);
    Remarks.leftOut(loose, given.path(), "picture(s)", "lie in no class folder")
        .ifPresent(remarks::add);
    return new FolderLayout(root.path(), present, train, validation, test, remarks);
  }

  private void collectLoose(FolderTree tree, List<Path> loose) {
    if (!accounted.contains(tree)) {
      loose.addAll(tree.loosePictures());
      tree.folders().values().forEach(folder -> collectLoose(folder, loose));
    }
  }

  /**
   * The class folders of a part; null if none is called as a class.
   *
   * @throws TrainingFailure if some are classes that are not trained
   */
  private static @Nullable ClassFolders labelled(FolderTree part, ClassFolders train) {
    Map<String, String> known =
        train.folders().keySet().stream()
            .collect(Collectors.toMap(ClassNames::composed, name -> name, (one, same) -> one));
    FolderTree inner = FolderLayout.unwrapped(part, known.keySet());
    SortedMap<String, FolderTree> classes = new TreeMap<>();
    List<FolderTree> unknown = new ArrayList<>();
    ClassNames.refuseTwins(
        inner.path(), inner.picturedFolders().stream().map(FolderTree::name).toList());
    for (FolderTree folder : inner.picturedFolders()) {
      String name = known.get(ClassNames.composed(folder.name()));
      if (name == null) {
        unknown.add(folder);
      } else {
        classes.put(name, folder);
      }
    }
    if (unknown.isEmpty() || (classes.isEmpty() && unknown.size() == 1)) {
      return classes.isEmpty() ? null : new ClassFolders(inner.path(), classes);
    }
    throw TrainingFailure.badData(
        "%s is a class that the training pictures do not have; their classes are %s"
            .formatted(unknown.get(0).path(), classes(train)));
  }

  private static String classes(ClassFolders train) {
    return PictureFolder.shortened(List.copyOf(train.folders().keySet()));
  }
}
