package training.fusion.trainer.augmentation;

import java.util.Arrays;
import training.fusion.trainer.picture.Picture;

/**
 * Pillow's {@code ImageEnhance}: a picture is mixed with a poorer one of itself, or moved away from
 * it. Factor 0 gives the poorer one, 1 the picture, more what goes beyond it.
 */
final class Enhancement {
  private Enhancement() {}

  /** The poorer one is black. */
  static Picture brightness(Picture picture, double factor) {
    return blend(new byte[picture.samples().length], picture, factor);
  }

  /** The poorer one has the mean grey of the whole picture. */
  static Picture contrast(Picture picture, double factor) {
    long sum = 0;
    for (byte grey : grey(picture)) {
      sum += grey & 0xff;
    }
    double mean = (double) sum / (picture.height() * picture.width());
    byte[] flat = new byte[picture.samples().length];
    Arrays.fill(flat, (byte) (int) (mean + 0.5));
    return blend(flat, picture, factor);
  }

  /** The poorer one is grey; a grey picture stays as it is. */
  static Picture saturation(Picture picture, double factor) {
    if (picture.channels() == 1) {
      return picture;
    }
    byte[] greys = grey(picture);
    byte[] poorer = new byte[greys.length * 3];
    for (int i = 0; i < greys.length; i++) {
      Arrays.fill(poorer, 3 * i, 3 * i + 3, greys[i]);
    }
    return blend(poorer, picture, factor);
  }

  /** The poorer one is smoothed within its border, each pixel counting five times in its nine. */
  static Picture sharpness(Picture picture, double factor) {
    byte[] from = picture.samples();
    byte[] smooth = from.clone();
    int channels = picture.channels();
    int row = picture.width() * channels;
    for (int y = 1; y < picture.height() - 1; y++) {
      for (int at = y * row + channels; at < (y + 1) * row - channels; at++) {
        int sum = 4 * (from[at] & 0xff);
        for (int line = at - row; line <= at + row; line += row) {
          sum +=
              (from[line - channels] & 0xff) + (from[line] & 0xff) + (from[line + channels] & 0xff);
        }
        smooth[at] = (byte) ((2 * sum + 13) / 26); // the nearest whole number to sum / 13
      }
    }
    return blend(smooth, picture, factor);
  }

  /** Pillow's {@code convert("L")}: ITU-R 601-2 luma with 16 fractional bits. */
  private static byte[] grey(Picture picture) {
    byte[] from = picture.samples();
    if (picture.channels() == 1) {
      return from;
    }
    byte[] greys = new byte[from.length / 3];
    for (int i = 0; i < greys.length; i++) {
      int luma =
          19595 * (from[3 * i] & 0xff)
              + 38470 * (from[3 * i + 1] & 0xff)
              + 7471 * (from[3 * i + 2] & 0xff);
      greys[i] = (byte) ((luma + 32768) >> 16);
    }
    return greys;
  }

  /** {@code Image.blend}: in fp32, cut to whole numbers. */
  private static Picture blend(byte[] poorer, Picture picture, double factor) {
    float share = (float) factor;
    byte[] from = picture.samples();
    byte[] samples = new byte[from.length];
    for (int i = 0; i < samples.length; i++) {
      int low = poorer[i] & 0xff;
      float value = low + share * ((from[i] & 0xff) - low);
      samples[i] = (byte) (int) Math.max(0f, Math.min(255f, value));
    }
    return new Picture(picture.height(), picture.width(), picture.channels(), samples);
  }
}
