package training.fusion.trainer.data;

import static java.util.Objects.requireNonNull;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import training.fusion.trainer.TrainingFailure;

/**
 * A folder with files of the MNIST family: {@code train-images-idx3-ubyte} with {@code
 * train-labels-idx1-ubyte}, the same beginning with {@code t10k}, or both pairs; each as it is or
 * with {@code .gz}. Labels have no names, so the classes are 0 to the largest label of the training
 * images.
 */
final class IdxFolder {
  private IdxFolder() {}

  /**
   * Reads what is there.
   *
   * @throws TrainingFailure naming the file or folder that is missing or damaged
   */
  static ImageFiles read(Path folder) {
    LabelledImages train = readPair(folder, "train");
    LabelledImages test = readPair(folder, "t10k");
    if (train == null && test == null) {
      throw TrainingFailure.badData(
          "%s has no IDX files: train-images-idx3-ubyte and train-labels-idx1-ubyte, or the same with t10k, each with or without .gz, are expected"
              .formatted(folder));
    }
    return new ImageFiles(
        folder,
        train == null ? "t10k files" : "train files",
        classNames(train == null ? requireNonNull(test) : train),
        train,
        null,
        test);
  }

  private static List<String> classNames(LabelledImages images) {
    int largest = IntStream.range(0, images.count()).map(images::label).max().orElseThrow();
    return IntStream.rangeClosed(0, largest).mapToObj(String::valueOf).toList();
  }

  private static @Nullable LabelledImages readPair(Path folder, String name) {
    String imagesName = name + "-images-idx3-ubyte";
    String labelsName = name + "-labels-idx1-ubyte";
    Path imagesFile = find(folder, imagesName);
    Path labelsFile = find(folder, labelsName);
    if (imagesFile == null && labelsFile == null) {
      return null;
    }
    if (imagesFile == null || labelsFile == null) {
      throw TrainingFailure.badData(
          "%s is missing beside %s, with or without .gz"
              .formatted(
                  folder.resolve(imagesFile == null ? imagesName : labelsName),
                  (imagesFile == null ? labelsName : imagesName)));
    }
    IdxFile images = IdxFile.read(imagesFile, 3);
    IdxFile labels = IdxFile.read(labelsFile, 1);
    if (images.size(0) != labels.size(0)) {
      throw TrainingFailure.badData(
          "%s has %d images, but %s has %d labels; the two files do not belong together"
              .formatted(imagesFile, images.size(0), labelsFile.getFileName(), labels.size(0)));
    }
    return new StoredImages(
        imagesFile, 1, images.size(1), images.size(2), images.values(), labels.labels());
  }

  private static @Nullable Path find(Path folder, String name) {
    Path plain = folder.resolve(name);
    if (Files.exists(plain)) {
      return plain;
    }
    Path compressed = folder.resolve(name + ".gz");
    return Files.exists(compressed) ? compressed : null;
  }
}
