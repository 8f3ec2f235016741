package training.fusion.trainer.picture;

import java.util.Arrays;
import training.fusion.api.Dataset.Resize.Interpolation;
import training.fusion.trainer.picture.Picture.Box;

/**
 * Antialiased scaling, sample for sample as Pillow's {@code Image.resize}: rows first, then
 * columns, each with weights of 22 fractional bits, and rounded to whole bytes in between.
 */
final class Resampler {
  private static final int FRACTION_BITS = 22;
  private static final int HALF = 1 << (FRACTION_BITS - 1);

  private Resampler() {}

  /**
   * Scales a picture and keeps a part of the result.
   *
   * @param height of the whole result
   * @param width of the whole result
   * @param kept the part of the result that is wanted
   */
  static Picture scale(
      Picture picture, int height, int width, Box kept, Interpolation interpolation) {
    var across = Taps.of(picture.width(), width, kept.left(), kept.width(), interpolation);
    var down = Taps.of(picture.height(), height, kept.top(), kept.height(), interpolation);
    int firstRow = down.first(0);
    int rows = down.end(kept.height() - 1) - firstRow;
    int channels = picture.channels();
    byte[] wide = picture.samples();
    byte[] narrow = new byte[rows * kept.width() * channels];
    if (across.copies()) {
      for (int y = 0; y < rows; y++) {
        int from = ((firstRow + y) * picture.width() + kept.left()) * channels;
        System.arraycopy(wide, from, narrow, y * kept.width() * channels, kept.width() * channels);
      }
    } else if (channels == 3) {
      acrossColour(wide, picture.width() * 3, firstRow, rows, across, narrow);
    } else {
      acrossGrey(wide, picture.width(), firstRow, rows, across, narrow);
    }
    int row = kept.width() * channels;
    if (down.copies()) {
      return new Picture(kept.height(), kept.width(), channels, narrow);
    }
    return new Picture(kept.height(), kept.width(), channels, down(narrow, row, firstRow, down));
  }

  private static void acrossColour(
      byte[] source, int sourceRow, int firstRow, int rows, Taps taps, byte[] target) {
    int at = 0;
    for (int y = firstRow; y < firstRow + rows; y++) {
      for (int x = 0; x < taps.count(); x++) {
        int red = HALF;
        int green = HALF;
        int blue = HALF;
        int from = y * sourceRow + 3 * taps.first(x);
        int w = x * taps.stride;
        for (int end = w + taps.lengths[x]; w < end; w++, from += 3) {
          int weight = taps.weights[w];
          red += (source[from] & 0xff) * weight;
          green += (source[from + 1] & 0xff) * weight;
          blue += (source[from + 2] & 0xff) * weight;
        }
        target[at++] = toByte(red);
        target[at++] = toByte(green);
        target[at++] = toByte(blue);
      }
    }
  }

  private static void acrossGrey(
      byte[] source, int sourceRow, int firstRow, int rows, Taps taps, byte[] target) {
    int at = 0;
    for (int y = firstRow; y < firstRow + rows; y++) {
      for (int x = 0; x < taps.count(); x++) {
        int sum = HALF;
        int from = y * sourceRow + taps.first(x);
        int w = x * taps.stride;
        for (int end = w + taps.lengths[x]; w < end; w++, from++) {
          sum += (source[from] & 0xff) * taps.weights[w];
        }
        target[at++] = toByte(sum);
      }
    }
  }

  private static byte[] down(byte[] source, int row, int firstRow, Taps taps) {
    byte[] target = new byte[taps.count() * row];
    int[] sums = new int[row];
    for (int y = 0; y < taps.count(); y++) {
      Arrays.fill(sums, HALF);
      for (int i = 0; i < taps.lengths[y]; i++) {
        int weight = taps.weights[y * taps.stride + i];
        int from = (taps.first(y) + i - firstRow) * row;
        for (int x = 0; x < row; x++) {
          sums[x] += (source[from + x] & 0xff) * weight;
        }
      }
      for (int x = 0; x < row; x++) {
        target[y * row + x] = toByte(sums[x]);
      }
    }
    return target;
  }

  private static byte toByte(int sum) {
    return (byte) Math.max(0, Math.min(255, sum >> FRACTION_BITS));
  }

  /** For each sample of the result: the samples it is made of, and their weights. */
  private static final class Taps {
    private final int stride;
    private final int[] firsts;
    private final int[] lengths;
    private final int[] weights;
    private final boolean copies;

    private Taps(int count, int stride, boolean copies) {
      this.stride = stride;
      this.firsts = new int[count];
      this.lengths = new int[count];
      this.weights = new int[count * stride];
      this.copies = copies;
    }

    /**
     * Weights of {@code count} samples from {@code from} on, when {@code in} become {@code out}.
     */
    static Taps of(int in, int out, int from, int count, Interpolation interpolation) {
      double scale = (double) in / out;
      double stretch = Math.max(1, scale); // antialias: the filter covers what becomes one sample
      double support = stretch * (interpolation == Interpolation.BICUBIC ? 2 : 1);
      var taps = new Taps(count, (int) Math.ceil(support) * 2 + 1, in == out);
      double[] values = new double[taps.stride];
      for (int i = 0; i < count; i++) {
        double center = (from + i + 0.5) * scale;
        int first = Math.max(0, (int) (center - support + 0.5));
        int end = Math.min(in, (int) (center + support + 0.5));
        double sum = 0;
        for (int j = first; j < end; j++) {
          double value = weight((j - center + 0.5) * (1 / stretch), interpolation);
          values[j - first] = value;
          sum += value;
        }
        for (int j = 0; j < end - first; j++) {
          taps.weights[i * taps.stride + j] =
              (int) Math.round(values[j] * (1 / sum) * (1 << FRACTION_BITS));
        }
        taps.firsts[i] = first;
        taps.lengths[i] = end - first;
      }
      if (taps.copies) {
        for (int i = 0; i < count; i++) {
          taps.firsts[i] = from + i;
          taps.lengths[i] = 1;
        }
      }
      return taps;
    }

    /** The triangle, or Keys' cubic with a = −0.5 (Keys 1981), as in Pillow. */
    private static double weight(double distance, Interpolation interpolation) {
      double x = Math.abs(distance);
      if (interpolation == Interpolation.BILINEAR) {
        return Math.max(0, 1 - x);
      }
      if (x < 1) {
        return (1.5 * x - 2.5) * x * x + 1;
      }
      return x < 2 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : 0;
    }

    int count() {
      return firsts.length;
    }

    int first(int i) {
      return firsts[i];
    }

    int end(int i) {
      return firsts[i] + lengths[i];
    }

    /** Nothing is scaled: samples are taken as they are. */
    boolean copies() {
      return copies;
    }
  }
}
