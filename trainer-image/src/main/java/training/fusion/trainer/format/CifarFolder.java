package training.fusion.trainer.format;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import training.fusion.trainer.InWords;
import training.fusion.trainer.PlainFile;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.listing.Wrapping;
import training.fusion.trainer.sample.LabelledImages;
import training.fusion.trainer.sample.StoredImages;

/** CIFAR-10, or CIFAR-100 with its fine labels, in any version that there is of it. */
final class CifarFolder {
  private final Path folder;
  private final CifarVersion version;
  private final List<String> classes;

  private CifarFolder(Path folder, CifarVersion version, List<String> classes) {
    this.folder = folder;
    this.version = version;
    this.classes = classes;
  }

  /** Reads CIFAR-10. */
  static ImageFiles ten(Path given) {
    return read(given, "CIFAR-10", CifarVersion.OF_CIFAR_10, CifarClasses.TEN);
  }

  /** Reads CIFAR-100. */
  static ImageFiles hundred(Path given) {
    return read(given, "CIFAR-100", CifarVersion.OF_CIFAR_100, CifarClasses.HUNDRED);
  }

  /**
   * Reads the folder, or one within it: the one that the archive unpacks to, or that lies alone.
   *
   * @throws TrainingFailure naming the file that is missing or damaged
   */
  private static ImageFiles read(
      Path given, String name, List<CifarVersion> versions, List<String> classes) {
    for (CifarVersion version : versions) {
      Path unpacked = given.resolve(version.unpacked());
      Path folder = Files.isDirectory(unpacked) ? unpacked : Wrapping.entered(given, version::isIn);
      if (version.isIn(folder)) {
        return new CifarFolder(folder, version, classes).read();
      }
    }
    throw TrainingFailure.badData(
        "%s has no files of %s: %s are expected"
            .formatted(
                given,
                name,
                versions.stream()
                    .map(CifarVersion::files)
                    .collect(Collectors.joining(", or, in Python's version, "))));
  }

  private ImageFiles read() {
    List<Path> train = version.train().stream().map(folder::resolve).filter(Files::exists).toList();
    if (!train.isEmpty() && train.size() < version.train().size()) {
      String missing =
          version.train().stream()
              .filter(file -> !Files.exists(folder.resolve(file)))
              .collect(Collectors.joining(", "));
      throw TrainingFailure.badData(
          "%s is missing in %s; all of %s to %s are expected"
              .formatted(
                  missing,
                  folder,
                  version.train().get(0),
                  version.train().get(version.train().size() - 1)));
    }
    Path test = folder.resolve(version.test());
    return new ImageFiles(
        folder,
        train.isEmpty()
            ? version.test()
            : train.size() == 1 ? version.train().get(0) : "data_batch files",
        classNames(),
        train.isEmpty() ? null : images(train),
        null,
        Files.exists(test) ? images(List.of(test)) : null,
        List.of());
  }

  private LabelledImages images(List<Path> files) {
    List<CifarBatch> batches = new ArrayList<>();
    for (Path file : files) {
      CifarBatch batch =
          version.pickled()
              ? CifarPickles.batch(file)
              : CifarBatch.ofRecords(file, version.labels());
      check(file, batch);
      batches.add(batch);
    }
    int[] labels = batches.stream().flatMapToInt(batch -> Arrays.stream(batch.labels())).toArray();
    return new StoredImages(
        files.get(0),
        3,
        CifarBatch.EXTENT,
        CifarBatch.EXTENT,
        new CifarPixels(List.copyOf(batches)),
        labels);
  }

  private void check(Path file, CifarBatch batch) {
    for (int image = 0; image < batch.count(); image++) {
      int label = batch.labels()[image];
      if (label < 0 || label >= classes.size()) {
        throw TrainingFailure.badData(
            "%s is damaged, or not of CIFAR-%d: image %d has the label %d, but labels are 0–%d; fetch the file again"
                .formatted(file, classes.size(), image, label, classes.size() - 1));
      }
    }
  }

  /** The names of the file; the data set's own where it was left out. */
  private List<String> classNames() {
    Path file = folder.resolve(version.names());
    if (!Files.exists(file)) {
      return classes;
    }
    List<String> names = version.pickled() ? CifarPickles.names(file) : lines(file);
    long different = names.stream().distinct().count();
    if (names.size() != classes.size() || different != classes.size()) {
      throw TrainingFailure.badData(
          "%s must have %d names of classes%s; it has %d"
              .formatted(file, classes.size(), version.pickled() ? "" : ", one a line", different));
    }
    return names;
  }

  private static List<String> lines(Path file) {
    try {
      PlainFile.check(file);
      return Files.readAllLines(file).stream()
          .map(String::strip)
          .filter(l -> !l.isEmpty())
          .toList();
    } catch (IOException e) { // not UTF-8 is an IOException too
      throw TrainingFailure.badData("%s cannot be read: %s".formatted(file, InWords.of(e)));
    }
  }
}
