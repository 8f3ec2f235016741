package training.fusion.trainer.data;

import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import training.fusion.trainer.TrainingFailure;

/**
 * A folder with files of the MNIST family: {@code train-images-idx3-ubyte} with {@code
 * train-labels-idx1-ubyte}, the same beginning with {@code t10k}, or both pairs; each as it is or
 * with {@code .gz}.
 *
 * @param train the pair named train, if it is there
 * @param test the pair named t10k, if it is there
 */
record IdxFolder(Path folder, @Nullable LabelledImages train, @Nullable LabelledImages test) {

  /**
   * Reads what is there.
   *
   * @throws TrainingFailure naming the file or folder that is missing or damaged
   */
  static IdxFolder read(Path folder) {
    if (!Files.isDirectory(folder)) {
      throw TrainingFailure.badData(
          "the data set's folder %s is not there; check dataset.source".formatted(folder));
    }
    var found = new IdxFolder(folder, readPair(folder, "train"), readPair(folder, "t10k"));
    if (found.train == null && found.test == null) {
      throw TrainingFailure.badData(
          "%s has no IDX files: train-images-idx3-ubyte and train-labels-idx1-ubyte, or the same with t10k, each with or without .gz, are expected"
              .formatted(folder));
    }
    return found;
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
    return new LabelledImages(
        imagesFile, 1, images.size(1), images.size(2), images.values(), labels.values());
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
