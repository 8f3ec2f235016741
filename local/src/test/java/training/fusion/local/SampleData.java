package training.fusion.local;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
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
  private static final int OWN_ROWS = 60;
  private static final Path OWN_NETWORK =
      Path.of("../trainer-image/src/test/resources/modules/dropping.pt");

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

  /**
   * Writes somebody's own network, {@code net.pt}, and 60 rows of [3, 8, 8] in five classes for it
   * in the folder {@code tensors}.
   */
  public static void writeOwnNetwork(Path folder) throws IOException {
    Path tensors = Files.createDirectories(folder.resolve("tensors"));
    Files.copy(OWN_NETWORK, folder.resolve("net.pt"));
    var random = new Random(1);
    byte[] values = new byte[OWN_ROWS * 3 * 8 * 8];
    random.nextBytes(values);
    byte[] labels = new byte[OWN_ROWS];
    for (int row = 0; row < OWN_ROWS; row++) {
      labels[row] = (byte) (row % 5);
    }
    Files.write(tensors.resolve("x.npy"), npy(values, "%d, 3, 8, 8".formatted(OWN_ROWS)));
    Files.write(tensors.resolve("label.npy"), npy(labels, "%d,".formatted(OWN_ROWS)));
  }

  /** NumPy's file of uint8, whose header has 118 bytes. */
  private static byte[] npy(byte[] values, String shape) throws IOException {
    String header = "{'descr': '|u1', 'fortran_order': False, 'shape': (%s), }".formatted(shape);
    var file = new ByteArrayOutputStream();
    file.write(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, 118, 0});
    file.write("%-117s\n".formatted(header).getBytes(StandardCharsets.US_ASCII));
    file.write(values);
    return file.toByteArray();
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
