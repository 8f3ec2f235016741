package training.fusion.trainer.format;

import static java.util.Objects.requireNonNull;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.listing.Wrapping;
import training.fusion.trainer.sample.LabelledImages;
import training.fusion.trainer.sample.StoredImages;

/**
 * A folder with files of the MNIST family: {@code train-images-idx3-ubyte} with {@code
 * train-labels-idx1-ubyte}, the same beginning with {@code t10k}, or both pairs; each as it is or
 * with {@code .gz}. Labels have no names, so the classes are 0 to the largest label of the training
 * images.
 *
 * <p>Others write a dot for a dash, {@code test} for {@code t10k}, the data set's name before all
 * ({@code emnist-letters-train-…}), or put each file into a folder of its name.
 */
final class IdxFolder {
  private static final String ANY_PREFIX = "(?:.+[-_.])?";
  private static final String TRAIN = "train(?:ing)?";
  private static final String TEST = "(?:t10k|test(?:ing)?)";

  private IdxFolder() {}

  /**
   * Reads what is there.
   *
   * @throws TrainingFailure naming the file or folder that is missing or damaged
   */
  static ImageFiles read(Path given) {
    Path folder = Wrapping.entered(given, IdxFolder::hasFiles);
    LabelledImages train = readPair(folder, TRAIN, "train");
    LabelledImages test = readPair(folder, TEST, "t10k");
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
        test,
        List.of());
  }

  private static List<String> classNames(LabelledImages images) {
    int largest = IntStream.range(0, images.count()).map(images::label).max().orElseThrow();
    return IntStream.rangeClosed(0, largest).mapToObj(String::valueOf).toList();
  }

  private static boolean hasFiles(Path folder) {
    return Stream.of(TRAIN, TEST)
        .flatMap(part -> Stream.of(pattern(part, "images", 3), pattern(part, "labels", 1)))
        .anyMatch(pattern -> !named(folder, pattern).isEmpty());
  }

  private static @Nullable LabelledImages readPair(Path folder, String part, String usual) {
    Path imagesFile = find(folder, pattern(part, "images", 3));
    Path labelsFile = find(folder, pattern(part, "labels", 1));
    if (imagesFile == null && labelsFile == null) {
      return null;
    }
    if (imagesFile == null || labelsFile == null) {
      String missing = usual + (imagesFile == null ? "-images-idx3-ubyte" : "-labels-idx1-ubyte");
      Path there = requireNonNull(imagesFile == null ? labelsFile : imagesFile);
      throw TrainingFailure.badData(
          "%s is missing beside %s, with or without .gz"
              .formatted(folder.resolve(missing), there.getFileName()));
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

  private static Pattern pattern(String part, String what, int dimensions) {
    return Pattern.compile(
        "%s%s[-_.]%s[-_.]idx%d[-_.]ubyte(?:\\.gz)?".formatted(ANY_PREFIX, part, what, dimensions),
        Pattern.CASE_INSENSITIVE);
  }

  private static List<Path> named(Path folder, Pattern pattern) {
    return Wrapping.list(folder).stream()
        .filter(path -> pattern.matcher(String.valueOf(path.getFileName())).matches())
        .filter(Files::exists) // not so a link that leads nowhere
        .toList();
  }

  /** The file of that name; uncompressed, if it is there as both. */
  private static @Nullable Path find(Path folder, Pattern pattern) {
    List<Path> found = named(folder, pattern);
    long names =
        found.stream().map(path -> path.toString().replaceFirst("\\.gz$", "")).distinct().count();
    if (names > 1) {
      throw TrainingFailure.badData(
          "%s has the files of several data sets: %s; leave those of one there"
              .formatted(
                  folder,
                  found.stream()
                      .map(path -> String.valueOf(path.getFileName()))
                      .collect(Collectors.joining(", "))));
    }
    return found.isEmpty() ? null : inFolderOfItsName(found.get(0), pattern);
  }

  private static Path inFolderOfItsName(Path path, Pattern pattern) {
    List<Path> inner = Files.isDirectory(path) ? named(path, pattern) : List.of();
    return inner.size() == 1 ? inner.get(0) : path;
  }
}
