package training.fusion.trainer.data;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import training.fusion.trainer.InWords;
import training.fusion.trainer.PlainFile;
import training.fusion.trainer.TrainingFailure;

/**
 * The binary version of CIFAR-10 (Krizhevsky 2009): {@code data_batch_1.bin} to {@code
 * data_batch_5.bin}, {@code test_batch.bin}, {@code batches.meta.txt}. A record is a byte with the
 * label, then 1,024 bytes each of red, green and blue, row by row.
 */
final class Cifar10Folder {
  private static final String UNPACKED = "cifar-10-batches-bin";
  private static final int EXTENT = 32;
  private static final int PLANE = EXTENT * EXTENT;
  private static final int IMAGE = 3 * PLANE;
  private static final int RECORD = 1 + IMAGE;
  private static final List<String> TRAIN =
      Stream.of(1, 2, 3, 4, 5).map("data_batch_%d.bin"::formatted).toList();
  private static final String TEST = "test_batch.bin";
  private static final List<String> NAMES =
      List.of(
          "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck");

  private Cifar10Folder() {}

  /**
   * Reads the folder, or the one that the archive unpacks to within it.
   *
   * @throws TrainingFailure naming the file that is missing or damaged
   */
  static ImageFiles read(Path given) {
    Path folder =
        Files.isDirectory(given.resolve(UNPACKED))
            ? given.resolve(UNPACKED)
            : Wrapping.entered(given, Cifar10Folder::hasFiles);
    List<Path> found = TRAIN.stream().map(folder::resolve).filter(Files::exists).toList();
    Path testFile = folder.resolve(TEST);
    boolean tests = Files.exists(testFile);
    if (found.isEmpty() && !tests) {
      throw TrainingFailure.badData(
          "%s has no files of CIFAR-10's binary version: data_batch_1.bin to data_batch_5.bin and test_batch.bin are expected"
              .formatted(folder));
    }
    if (!found.isEmpty() && found.size() < TRAIN.size()) {
      String missing =
          String.join(", ", TRAIN.stream().filter(n -> !Files.exists(folder.resolve(n))).toList());
      throw TrainingFailure.badData(
          "%s is missing in %s; all of data_batch_1.bin to data_batch_5.bin are expected"
              .formatted(missing, folder));
    }
    return new ImageFiles(
        folder,
        found.isEmpty() ? "test_batch.bin" : "data_batch files",
        classNames(folder.resolve("batches.meta.txt")),
        found.isEmpty() ? null : images(found),
        null,
        tests ? images(List.of(testFile)) : null,
        List.of());
  }

  private static boolean hasFiles(Path folder) {
    return Stream.concat(TRAIN.stream(), Stream.of(TEST))
        .map(folder::resolve)
        .anyMatch(Files::exists);
  }

  private static LabelledImages images(List<Path> files) {
    List<byte[]> contents = new ArrayList<>();
    long count = 0;
    for (Path file : files) {
      byte[] content = content(file);
      contents.add(content);
      count += content.length / RECORD;
    }
    int[] labels = new int[Math.toIntExact(count)];
    byte[] pixels = new byte[Math.multiplyExact(labels.length, IMAGE)];
    int image = 0;
    for (int i = 0; i < files.size(); i++) {
      byte[] content = contents.get(i);
      for (int at = 0; at < content.length; at += RECORD) {
        labels[image] = label(files.get(i), content[at], at / RECORD);
        interleave(content, at + 1, pixels, image++ * IMAGE);
      }
    }
    return new StoredImages(
        files.get(0), 3, EXTENT, EXTENT, PixelSegments.of(pixels, IMAGE), labels);
  }

  private static byte[] content(Path file) {
    try {
      PlainFile.check(file);
      long length = Files.size(file);
      if (length == 0 || length % RECORD != 0 || length > Integer.MAX_VALUE - 8) {
        throw TrainingFailure.badData(
            "%s is damaged: its %d bytes are no whole number of CIFAR-10's records of %d bytes; fetch the file again"
                .formatted(file, length, RECORD));
      }
      return Files.readAllBytes(file);
    } catch (AccessDeniedException e) {
      throw TrainingFailure.badData(
          "%s may not be read by this user; change its permissions".formatted(file));
    } catch (IOException e) {
      throw TrainingFailure.unreadable(file, e);
    }
  }

  private static int label(Path file, byte value, int record) {
    int label = Byte.toUnsignedInt(value);
    if (label >= NAMES.size()) {
      throw TrainingFailure.badData(
          "%s is damaged, or not of CIFAR-10: image %d has the label %d, but labels are 0–9; fetch the file again"
              .formatted(file, record, label));
    }
    return label;
  }

  private static void interleave(byte[] planes, int from, byte[] pixels, int to) {
    for (int i = 0; i < PLANE; i++) {
      for (int channel = 0; channel < 3; channel++) {
        pixels[to + 3 * i + channel] = planes[from + channel * PLANE + i];
      }
    }
  }

  /** The names of the file; the data set's own where it was left out. */
  private static List<String> classNames(Path file) {
    List<String> names = lines(file);
    if (names == null) {
      return NAMES;
    }
    if (names.size() != NAMES.size() || names.stream().distinct().count() != NAMES.size()) {
      throw TrainingFailure.badData(
          "%s must have %d names of classes, one a line; it has %d"
              .formatted(file, NAMES.size(), names.stream().distinct().count()));
    }
    return names;
  }

  private static @Nullable List<String> lines(Path file) {
    try {
      if (!Files.exists(file)) {
        return null;
      }
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
