package training.fusion.trainer.picture;

import java.util.Arrays;

/** A picture in memory, eight bits a channel. */
public final class Picture {
  private final int height;
  private final int width;
  private final int channels;
  private final byte[] samples;

  /**
   * @param channels 1 for grey, 3 for red, green and blue
   * @param samples [height, width, channels], unsigned, row-major; not copied
   */
  public Picture(int height, int width, int channels, byte[] samples) {
    if (samples.length != Math.multiplyExact(Math.multiplyExact(height, width), channels)) {
      throw new IllegalArgumentException(
          "%d samples for %d×%d×%d".formatted(samples.length, height, width, channels));
    }
    this.height = height;
    this.width = width;
    this.channels = channels;
    this.samples = samples;
  }

  /** In pixels. */
  public int height() {
    return height;
  }

  /** In pixels. */
  public int width() {
    return width;
  }

  /** 1 for grey, 3 for colour. */
  public int channels() {
    return channels;
  }

  /** [height, width, channels], unsigned, row-major; not copied. */
  public byte[] samples() {
    return samples;
  }

  /** A part of it, which must lie within. */
  public Picture cut(Box box) {
    byte[] part = new byte[box.height() * box.width() * channels];
    int row = box.width() * channels;
    for (int y = 0; y < box.height(); y++) {
      int from = ((box.top() + y) * width + box.left()) * channels;
      System.arraycopy(samples, from, part, y * row, row);
    }
    return new Picture(box.height(), box.width(), channels, part);
  }

  /** Black, with {@code picture} put at a place where it fits. */
  static Picture blackAround(Picture picture, int size, int top, int left) {
    byte[] square = new byte[size * size * picture.channels];
    int row = picture.width * picture.channels;
    for (int y = 0; y < picture.height; y++) {
      System.arraycopy(
          picture.samples, y * row, square, ((top + y) * size + left) * picture.channels, row);
    }
    return new Picture(size, size, picture.channels, square);
  }

  /** A part of a picture, in pixels. */
  public record Box(int top, int left, int height, int width) {}

  @Override
  public boolean equals(Object other) {
    return other instanceof Picture that
        && height == that.height
        && width == that.width
        && channels == that.channels
        && Arrays.equals(samples, that.samples);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(samples);
  }
}
