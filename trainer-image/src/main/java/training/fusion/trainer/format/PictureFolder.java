package training.fusion.trainer.format;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.label.ClassNames;
import training.fusion.trainer.listing.FolderReading;
import training.fusion.trainer.listing.Listing;
import training.fusion.trainer.listing.SystemFile;
import training.fusion.trainer.picture.Framing;
import training.fusion.trainer.sample.DecodedImages;

/**
 * Pictures in one folder per class, as torchvision's {@code ImageFolder} has them: classes are the
 * folders' names, sorted; pictures may lie deeper. {@link FolderLayout} says where the class
 * folders are. What is no picture by its name, and {@link SystemFile}s, are left out.
 */
final class PictureFolder {
  /** As torchvision's {@code IMG_EXTENSIONS}. */
  static final List<String> ENDINGS =
      List.of(".jpg", ".jpeg", ".png", ".ppm", ".bmp", ".pgm", ".tif", ".tiff", ".webp");

  /** What runs before had pictures of, who keep to it. */
  private static final List<String> OF_EXACT_NAMES = List.of(".jpg", ".jpeg", ".png", ".bmp");

  private PictureFolder() {}

  /**
   * Lists the pictures; none is opened.
   *
   * @throws TrainingFailure naming the folder that is not as expected
   */
  static ImageFiles read(
      Path folder,
      Framing framing,
      FolderReading reading,
      FolderLayout.Asked asked,
      Listing listing) {
    List<byte[]> endings =
        endings(reading).stream().map(ending -> ending.getBytes(StandardCharsets.UTF_8)).toList();
    FolderTree tree = FolderTree.list(folder, reading, file -> isPicture(file, endings), listing);
    FolderLayout layout =
        switch (reading) {
          case EXACT_NAMES -> ExactNames.layout(tree);
          case BY_MEANING -> FolderLayout.of(tree, asked);
        };
    List<String> classNames = List.copyOf(layout.train().folders().keySet());
    if (classNames.isEmpty()) {
      throw TrainingFailure.badData(
          "%s has no class folders: one folder for each class, with its pictures, is expected, or such folders within train, val and test"
              .formatted(layout.root()));
    }
    return new ImageFiles(
        layout.root(),
        layout.present(),
        classNames,
        part(layout.root(), layout.train(), classNames, framing),
        part(layout.root(), layout.validation(), classNames, framing),
        part(layout.root(), layout.test(), classNames, framing),
        remarks(layout, tree, endings(reading)));
  }

  private static @Nullable DecodedImages part(
      Path root, @Nullable ClassFolders part, List<String> classNames, Framing framing) {
    if (part == null) {
      return null;
    }
    var files = new FilePaths.Collector();
    int[] counts = new int[classNames.size()];
    for (int label = 0; label < counts.length; label++) {
      FolderTree ofClass = part.folders().get(classNames.get(label));
      if (ofClass != null) { // test pictures may lack a class
        FilePaths pictures = ofClass.allPictures();
        counts[label] = pictures.size();
        files.add(pictures);
      }
    }
    int[] labels =
        IntStream.range(0, counts.length)
            .flatMap(label -> IntStream.range(0, counts[label]).map(i -> label))
            .toArray();
    if (labels.length == 0) {
      throw TrainingFailure.badData("%s has no class folders with pictures".formatted(part.path()));
    }
    return new DecodedImages(
        part.path(), FilePictures.found(root, files.collected()), labels, framing);
  }

  private static List<String> remarks(FolderLayout layout, FolderTree tree, List<String> endings) {
    List<String> remarks = new ArrayList<>(layout.remarks());
    Path root = tree.path();
    Remarks.leftOut(
            tree.allSystemFiles(), root, "file(s) or folder(s)", "are hidden, or a system's own")
        .ifPresent(remarks::add);
    Remarks.leftOut(
            tree.allOthers(),
            root,
            "file(s)",
            "are not named as pictures of " + String.join(", ", endings))
        .ifPresent(remarks::add);
    Remarks.leftOut(
            tree.allNotFiles(),
            root,
            "name(s)",
            "are no files: links that lead nowhere, named pipes, sockets or devices")
        .ifPresent(remarks::add);
    return remarks;
  }

  /** The first of many names. */
  static String shortened(List<String> names) {
    return ClassNames.listed(names, 5);
  }

  private static List<String> endings(FolderReading reading) {
    return reading == FolderReading.EXACT_NAMES ? OF_EXACT_NAMES : ENDINGS;
  }

  /** Whether a file is named as one. */
  static boolean isPicture(Path file) {
    String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
    return ENDINGS.stream().anyMatch(name::endsWith);
  }

  private static boolean isPicture(byte[] name, List<byte[]> endings) {
    for (byte[] ending : endings) {
      if (endsWith(name, ending)) {
        return true;
      }
    }
    return false;
  }

  /** In any letters. */
  private static boolean endsWith(byte[] name, byte[] ending) {
    int at = name.length - ending.length;
    for (int i = 0; i < ending.length; i++) {
      if (at < 0 || Character.toLowerCase(name[at + i]) != ending[i]) {
        return false;
      }
    }
    return true;
  }
}
