package training.fusion.trainer.format;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import training.fusion.trainer.PlainFile;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.sample.Pixels;

/**
 * A file of CIFAR's pictures, 32 × 32 pixels each.
 *
 * @param labels [count], as the file has them
 * @param planes [count, 3, 32, 32]: all of red, then green, then blue
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record CifarBatch(int[] labels, Pixels planes) {
  static final int EXTENT = 32;
  static final int PLANE = EXTENT * EXTENT;
  static final int IMAGE = 3 * PLANE;

  /**
   * A file of the binary version: records of labels and an image's planes. Only labels are read.
   *
   * @param labels bytes that each record begins with; the last of them is kept
   */
  static CifarBatch ofRecords(Path file, int labels) {
    int record = labels + IMAGE;
    return read(
        file,
        length -> {
          if (length == 0 || length % record != 0 || length / record > Integer.MAX_VALUE) {
            throw TrainingFailure.badData(
                "%s is damaged: its %d bytes are no whole number of CIFAR-%s's records of %d bytes; fetch the file again"
                    .formatted(file, length, labels == 1 ? "10" : "100", record));
          }
          int[] kept = new int[(int) (length / record)];
          try (var in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
            for (int image = 0; image < kept.length; image++) {
              in.skipNBytes(labels - 1);
              kept[image] = in.readUnsignedByte();
              in.skipNBytes(IMAGE);
            }
          }
          return new CifarBatch(kept, PixelFile.open(file, labels, record, IMAGE));
        });
  }

  /** A file's bytes. */
  static byte[] content(Path file) {
    return read(
        file,
        length -> {
          if (length > Integer.MAX_VALUE - 8) {
            throw TrainingFailure.badData(
                "%s has %d bytes, which no file of CIFAR has; fetch the file again"
                    .formatted(file, length));
          }
          return Files.readAllBytes(file);
        });
  }

  private interface Reading<T> {
    T of(long length) throws IOException;
  }

  private static <T> T read(Path file, Reading<T> reading) {
    try {
      PlainFile.check(file);
      return reading.of(Files.size(file));
    } catch (AccessDeniedException e) {
      throw TrainingFailure.badData(
          "%s may not be read by this user; change its permissions".formatted(file));
    } catch (IOException e) {
      throw TrainingFailure.unreadable(file, e);
    }
  }

  int count() {
    return labels.length;
  }
}
