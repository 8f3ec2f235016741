package training.fusion.trainer.picture;

import java.util.Arrays;
import training.fusion.api.Dataset.Resize.Interpolation;
import training.fusion.trainer.picture.Picture.Box;

/**
 * Antialiased scaling, sample for sample as Pillow's {@code Image.resize}: rows first, then
 * columns, each with weights of 22 fractional bits, and rounded to whole bytes in between.
 *
 * <p>Both ways a line of the result is a weighted sum of lines: of columns, and then of rows.
 * Pixels are packed into ints, and the picture is turned on its side for its columns, so that the
 * sums run over whole arrays; of such loops the JVM makes vector instructions.
 */
final class Resampler {
  private static final int HALF = 1 << (Taps.FRACTION_BITS - 1);

  /** Rows that are turned at once: what they take stays in a core's own cache. */
  private static final int STRIP = 128;

  private static final ThreadLocal<Resampler> OF_THREAD = ThreadLocal.withInitial(Resampler::new);

  private final PixelLines columns = new PixelLines();
  private final PixelLines narrowColumns = new PixelLines();
  private final PixelLines narrow = new PixelLines();
  private final PixelLines result = new PixelLines();
  private final PixelLines sums = new PixelLines(); // of red, green and blue

  private Resampler() {}

  /** Scales a picture and keeps a part of the result, as {@link Scaling} has it. */
  static Picture scale(
      Picture picture, int height, int width, Box kept, Interpolation interpolation) {
    var whole = new Box(0, 0, picture.height(), picture.width());
    return new Scaling(whole, height, width, kept, interpolation).apply(picture);
  }

  /** Begins to scale a picture of so many channels; its rows may come in any pieces. */
  static Scaling.Rows begin(Scaling scaling, int channels) {
    return OF_THREAD.get().new Pass(scaling, channels);
  }

  /** One picture. What is kept of it is as wide as the result, and as high as the picture. */
  private final class Pass implements Scaling.Rows {
    private final int channels;
    private final Taps across;
    private final Taps down;
    private final int left;
    private final int top;
    private final int bottom;
    private final int[][] rows;

    Pass(Scaling scaling, int channels) {
      Box part = scaling.part();
      Box kept = scaling.kept();
      this.channels = channels;
      this.across =
          Taps.of(
              part.width(), scaling.width(), kept.left(), kept.width(), scaling.interpolation());
      this.down =
          Taps.of(
              part.height(), scaling.height(), kept.top(), kept.height(), scaling.interpolation());
      this.left = part.left() + across.begin();
      this.top = part.top() + down.begin();
      this.bottom = part.top() + down.end();
      this.rows = narrow.of(bottom - top, across.count());
    }

    @Override
    public void add(Picture picture, int first) {
      int width = across.end() - across.begin();
      int end = Math.min(bottom, first + picture.height());
      for (int y = Math.max(top, first); y < end; y += STRIP) {
        int count = Math.min(STRIP, end - y);
        int[][] turned = columns.of(width, count);
        PixelLines.turn(picture, y - first, count, left, width, turned);
        int[][] scaled = narrowColumns.of(across.count(), count);
        combine(turned, across.begin(), count, across, scaled);
        PixelLines.turn(scaled, across.count(), rows, y - top, count);
      }
    }

    @Override
    public Picture end() {
      int[][] square = result.of(down.count(), across.count());
      combine(rows, down.begin(), across.count(), down, square);
      return PixelLines.unpack(square, down.count(), across.count(), channels);
    }
  }

  /**
   * Makes each line of the result a weighted sum of lines.
   *
   * @param first number of the first of {@code lines} among those that {@code taps} count
   * @param length of a line
   */
  private void combine(int[][] lines, int first, int length, Taps taps, int[][] target) {
    int[][] sum = sums.of(3, length);
    for (int i = 0; i < taps.count(); i++) {
      for (int[] channel : sum) {
        Arrays.fill(channel, 0, length, HALF);
      }
      for (int k = 0; k < taps.length(i); k++) {
        add(lines[taps.first(i) - first + k], taps.weight(i, k), length, sum[0], sum[1], sum[2]);
      }
      round(sum[0], sum[1], sum[2], length, target[i]);
    }
  }

  private static void add(int[] line, int weight, int length, int[] red, int[] green, int[] blue) {
    for (int i = 0; i < length; i++) {
      int pixel = line[i];
      red[i] += (pixel >>> 16) * weight;
      green[i] += (pixel >>> 8 & 0xff) * weight;
      blue[i] += (pixel & 0xff) * weight;
    }
  }

  private static void round(int[] red, int[] green, int[] blue, int length, int[] line) {
    for (int i = 0; i < length; i++) {
      line[i] = toByte(red[i]) << 16 | toByte(green[i]) << 8 | toByte(blue[i]);
    }
  }

  /** Between 0 and 255, without branches or comparisons, which would not become vectors. */
  private static int toByte(int sum) {
    int value = sum >> Taps.FRACTION_BITS;
    int positive = value & ~(value >> 31);
    return (positive | (255 - positive) >> 31) & 0xff;
  }
}
