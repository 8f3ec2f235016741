package training.fusion.trainer.data;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import training.fusion.trainer.PlainFile;
import training.fusion.trainer.TrainingFailure;

/**
 * A file of CIFAR's pictures, 32 × 32 pixels each.
 *
 * @param labels [count], as the file has them
 * @param planes [count, 3, 32, 32]: all of red, then green, then blue
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record CifarBatch(int[] labels, byte[] planes) {
  static final int EXTENT = 32;
  static final int PLANE = EXTENT * EXTENT;
  static final int IMAGE = 3 * PLANE;

  /**
   * Reads a file of the binary version: records of labels and an image's planes.
   *
   * @param labels bytes that each record begins with; the last of them is kept
   */
  static CifarBatch ofRecords(Path file, int labels) {
    byte[] content = content(file);
    int record = labels + IMAGE;
    if (content.length == 0 || content.length % record != 0) {
      throw TrainingFailure.badData(
          "%s is damaged: its %d bytes are no whole number of CIFAR-%s's records of %d bytes; fetch the file again"
              .formatted(file, content.length, labels == 1 ? "10" : "100", record));
    }
    int count = content.length / record;
    int[] kept = new int[count];
    byte[] planes = new byte[count * IMAGE];
    for (int image = 0; image < count; image++) {
      int planesAt = image * record + labels;
      kept[image] = content[planesAt - 1] & 0xff;
      System.arraycopy(content, planesAt, planes, image * IMAGE, IMAGE);
    }
    return new CifarBatch(kept, planes);
  }

  /** A file's bytes. */
  static byte[] content(Path file) {
    try {
      PlainFile.check(file);
      if (Files.size(file) > Integer.MAX_VALUE - 8) {
        throw TrainingFailure.badData(
            "%s has %d bytes, which no file of CIFAR has; fetch the file again"
                .formatted(file, Files.size(file)));
      }
      return Files.readAllBytes(file);
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

  /** Puts the pictures' bytes, [count, 32, 32, 3], at a place of others. */
  void interleave(byte[] pixels, int at) {
    int to = at;
    for (int image = 0; image < labels.length; image++) {
      for (int i = 0; i < PLANE; i++) {
        for (int channel = 0; channel < 3; channel++) {
          pixels[to++] = planes[image * IMAGE + channel * PLANE + i];
        }
      }
    }
  }
}
