package training.fusion.trainer.data;

import java.nio.ByteBuffer;
import java.nio.file.Path;

/** Pictures of one size in memory, eight bits a channel, with a class each. */
public final class LabelledImages {
  private final Path file;
  private final int channels;
  private final int height;
  private final int width;
  private final byte[] pixels;
  private final byte[] labels;

  /**
   * @param file where they are from, for messages
   * @param pixels [count, height, width, channels], unsigned, row-major; not copied
   * @param labels [count], classes from 0, unsigned; not copied
   */
  LabelledImages(Path file, int channels, int height, int width, byte[] pixels, byte[] labels) {
    this.file = file;
    this.channels = channels;
    this.height = height;
    this.width = width;
    this.pixels = pixels;
    this.labels = labels;
  }

  /** Where they are from. */
  public Path file() {
    return file;
  }

  /** How many there are. */
  public int count() {
    return labels.length;
  }

  /** 1 for grey, 3 for colour. */
  public int channels() {
    return channels;
  }

  /** In pixels. */
  public int height() {
    return height;
  }

  /** In pixels. */
  public int width() {
    return width;
  }

  /** Bytes of one image. */
  public int imageBytes() {
    return channels * height * width;
  }

  /** Class of an image, from 0. */
  public int label(int image) {
    return Byte.toUnsignedInt(labels[image]);
  }

  /** The largest class. */
  int largestLabel() {
    int largest = 0;
    for (int i = 0; i < labels.length; i++) {
      largest = Math.max(largest, label(i));
    }
    return largest;
  }

  /** Puts an image's bytes, [height, width, channels], at the buffer's position. */
  void put(int image, ByteBuffer target) {
    target.put(pixels, image * imageBytes(), imageBytes());
  }
}
