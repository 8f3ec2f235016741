package training.fusion.local;

import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/**
 * A small data set in IDX form: each class is a bright square at a place of its own, with noise.
 */
public final class SampleData {
  private static final int IMAGES_MAGIC = 0x803;
  private static final int LABELS_MAGIC = 0x801;
  private static final int SIZE = 28;
  private static final int CLASSES = 10;

  private SampleData() {}

  /** Writes images and labels as the only files of a folder. */
  public static void write(Path folder, int images) throws IOException {
    write(folder, images, images);
  }

  /** Writes files that may not belong together. */
  public static void write(Path folder, int images, int labels) throws IOException {
    Files.createDirectories(folder);
    var random = new Random(1);
    try (var out =
        new DataOutputStream(Files.newOutputStream(folder.resolve("t10k-images-idx3-ubyte")))) {
      out.writeInt(IMAGES_MAGIC);
      out.writeInt(images);
      out.writeInt(SIZE);
      out.writeInt(SIZE);
      for (int i = 0; i < images; i++) {
        out.write(image(i % CLASSES, random));
      }
    }
    try (var out =
        new DataOutputStream(Files.newOutputStream(folder.resolve("t10k-labels-idx1-ubyte")))) {
      out.writeInt(LABELS_MAGIC);
      out.writeInt(labels);
      for (int i = 0; i < labels; i++) {
        out.writeByte(i % CLASSES);
      }
    }
  }

  private static byte[] image(int label, Random random) {
    byte[] pixels = new byte[SIZE * SIZE];
    int top = label / 5 * 14 + 3;
    int left = label % 5 * 5 + 1;
    for (int y = 0; y < SIZE; y++) {
      for (int x = 0; x < SIZE; x++) {
        boolean bright = y >= top && y < top + 8 && x >= left && x < left + 5;
        pixels[y * SIZE + x] = (byte) ((bright ? 200 : 20) + random.nextInt(30));
      }
    }
    return pixels;
  }
}
