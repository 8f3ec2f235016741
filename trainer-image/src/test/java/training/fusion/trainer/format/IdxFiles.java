package training.fusion.trainer.format;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;

/** Small IDX files for tests. */
public final class IdxFiles {
  private IdxFiles() {}

  /** The bytes of images, each filled with its number. */
  public static byte[] images(int count, int height, int width) {
    byte[] values = new byte[count * height * width];
    for (int i = 0; i < values.length; i++) {
      values[i] = (byte) (i / (height * width));
    }
    return bytes(0x0803, values, count, height, width);
  }

  /** The bytes of labels. */
  public static byte[] labels(int... labels) {
    byte[] values = new byte[labels.length];
    for (int i = 0; i < labels.length; i++) {
      values[i] = (byte) labels[i];
    }
    return bytes(0x0801, values, labels.length);
  }

  /** Labels 0, 1, …, classes − 1, 0, 1, … */
  public static byte[] cyclicLabels(int count, int classes) {
    int[] labels = new int[count];
    for (int i = 0; i < count; i++) {
      labels[i] = i % classes;
    }
    return labels(labels);
  }

  /** The bytes of a file with this magic number, sizes and values, whether they fit or not. */
  public static byte[] bytes(int magic, byte[] values, int... sizes) {
    try (var bytes = new ByteArrayOutputStream();
        var output = new DataOutputStream(bytes)) {
      output.writeInt(magic);
      for (int size : sizes) {
        output.writeInt(size);
      }
      output.write(values);
      return bytes.toByteArray();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The same, compressed. */
  public static byte[] gzip(byte[] plain) {
    try (var bytes = new ByteArrayOutputStream()) {
      try (var gzip = new GZIPOutputStream(bytes)) {
        gzip.write(plain);
      }
      return bytes.toByteArray();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Writes a pair of files named {@code train} or {@code t10k}. */
  public static void write(Path folder, String name, byte[] images, byte[] labels)
      throws IOException {
    Files.write(folder.resolve(name + "-images-idx3-ubyte"), images);
    Files.write(folder.resolve(name + "-labels-idx1-ubyte"), labels);
  }
}
