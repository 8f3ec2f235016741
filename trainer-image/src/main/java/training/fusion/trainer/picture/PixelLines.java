package training.fusion.trainer.picture;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Rows or columns of pixels, each an array of its own, in memory that one thread uses again and
 * again. A pixel is an int: blue in its lowest byte, then green, then red.
 */
final class PixelLines {
  private static final VarHandle FOUR_BYTES =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

  private static final int AT_ONCE = 8;

  /** More than these many pixels are not kept: a picture of such a size is rare. */
  private static final long MOST_KEPT = 1 << 21;

  private int[][] lines = {};
  private int length;

  /** At least so many lines of at least this length, with whatever they had before. */
  int[][] of(int count, int atLeast) {
    int most = Math.max(lines.length, count);
    int longest = Math.max(length, atLeast);
    if ((long) most * longest > MOST_KEPT) {
      return new int[count][atLeast];
    }
    if (most > lines.length || longest > length) {
      lines = new int[most][longest];
      length = longest;
    }
    return lines;
  }

  /**
   * Makes columns of rows of a picture, from {@code left} on. Eight rows at a time: their pixels
   * lie side by side in a column, so that what of it is in the cache is filled at once.
   *
   * @param top the first of {@code height} rows
   * @param width how many columns
   */
  static void turn(Picture picture, int top, int height, int left, int width, int[][] columns) {
    byte[] samples = picture.samples();
    int channels = picture.channels();
    int row = picture.width() * channels;
    int y = 0;
    for (; y + AT_ONCE <= height; y += AT_ONCE) {
      int at = (top + y) * row + left * channels;
      for (int x = 0; x < width; x++, at += channels) {
        int[] column = columns[x];
        for (int i = 0; i < AT_ONCE; i++) {
          column[y + i] = pixel(samples, at + i * row, channels);
        }
      }
    }
    for (; y < height; y++) {
      int at = (top + y) * row + left * channels;
      for (int x = 0; x < width; x++, at += channels) {
        columns[x][y] = pixel(samples, at, channels);
      }
    }
  }

  private static int pixel(byte[] samples, int at, int channels) {
    if (channels == 1) {
      return (samples[at] & 0xff) * 0x010101;
    }
    if (at + Integer.BYTES <= samples.length) {
      return (int) FOUR_BYTES.get(samples, at) >>> 8;
    }
    return (samples[at] & 0xff) << 16 | (samples[at + 1] & 0xff) << 8 | (samples[at + 2] & 0xff);
  }

  /**
   * Makes rows of columns.
   *
   * @param first the first of the {@code count} rows that are made
   * @param width how many columns
   */
  static void turn(int[][] columns, int width, int[][] rows, int first, int count) {
    for (int i = 0; i < count; i++) {
      int[] row = rows[first + i];
      for (int x = 0; x < width; x++) {
        row[x] = columns[x][i];
      }
    }
  }

  /** A picture of rows. */
  static Picture unpack(int[][] rows, int height, int width, int channels) {
    byte[] samples = new byte[height * width * channels];
    int at = 0;
    for (int y = 0; y < height; y++) {
      int[] row = rows[y];
      for (int x = 0; x < width; x++, at += channels) {
        put(samples, at, channels, row[x]);
      }
    }
    return new Picture(height, width, channels, samples);
  }

  private static void put(byte[] samples, int at, int channels, int pixel) {
    if (channels == 1) {
      samples[at] = (byte) pixel;
    } else if (at + Integer.BYTES <= samples.length) {
      FOUR_BYTES.set(samples, at, pixel << 8); // and the next pixel's red, which is put after this
    } else {
      samples[at] = (byte) (pixel >> 16);
      samples[at + 1] = (byte) (pixel >> 8);
      samples[at + 2] = (byte) pixel;
    }
  }
}
