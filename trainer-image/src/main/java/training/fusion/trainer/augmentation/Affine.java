package training.fusion.trainer.augmentation;

import java.math.BigDecimal;
import java.math.RoundingMode;
import training.fusion.api.Transforms.Interpolation;
import training.fusion.trainer.picture.Picture;

/**
 * A picture seen through an affine map, as Pillow's {@code Image.transform(size, AFFINE, …)} makes
 * it: the pixel at (x, y) comes from (a·x + b·y + c, d·x + e·y + f), and is black where that is
 * outside. The matrices are those of torchvision's {@code affine} and {@code rotate}.
 */
record Affine(double a, double b, double c, double d, double e, double f) {
  private static final double ONE = 65536;

  /** Each row is moved left by {@code slope} times its number. */
  static Affine shearX(double slope) {
    return new Affine(1, tangent(slope), 0, 0, 1, 0);
  }

  /** Each column is moved up by {@code slope} times its number. */
  static Affine shearY(double slope) {
    return new Affine(1, 0, 0, tangent(slope), 1, 0);
  }

  /** torchvision takes an angle in degrees, and what becomes of a slope on that way counts. */
  private static double tangent(double slope) {
    return StrictMath.tan(Math.toRadians(Math.toDegrees(StrictMath.atan(slope))));
  }

  /** A move to the right and down. */
  static Affine translation(int right, int down) {
    return new Affine(1, 0, -right, 0, 1, -down);
  }

  /** A turn around the middle, counterclockwise; as Pillow, sines with 15 digits. */
  private static Affine rotation(double degrees, int height, int width) {
    double angle = -Math.toRadians(degrees - 360 * Math.floor(degrees / 360));
    double cosine = rounded(StrictMath.cos(angle));
    double sine = rounded(StrictMath.sin(angle));
    double x = width / 2.0;
    double y = height / 2.0;
    return new Affine(
        cosine, sine, cosine * -x + sine * -y + x, -sine, cosine, -sine * -x + cosine * -y + y);
  }

  private static double rounded(double value) {
    return new BigDecimal(value).setScale(15, RoundingMode.HALF_EVEN).doubleValue();
  }

  /** A picture that is turned; one that is by right angles loses nothing, as in Pillow. */
  static Picture rotated(Picture picture, double degrees, Interpolation interpolation) {
    boolean square = picture.height() == picture.width();
    boolean exact = degrees % (square ? 90 : 180) == 0;
    return rotation(degrees, picture.height(), picture.width())
        .apply(picture, exact ? Interpolation.NEAREST : interpolation);
  }

  Picture apply(Picture picture, Interpolation interpolation) {
    return interpolation == Interpolation.NEAREST ? nearest(picture) : bilinear(picture);
  }

  /** In numbers with 16 fractional bits, of pixels' centres. */
  Picture nearest(Picture picture) {
    int height = picture.height();
    int width = picture.width();
    int channels = picture.channels();
    byte[] from = picture.samples();
    byte[] samples = new byte[from.length];
    int rowX = fixed(c + a * 0.5 + b * 0.5);
    int rowY = fixed(f + d * 0.5 + e * 0.5);
    for (int y = 0; y < height; y++, rowX += fixed(b), rowY += fixed(e)) {
      int sourceX = rowX;
      int sourceY = rowY;
      for (int x = 0; x < width; x++, sourceX += fixed(a), sourceY += fixed(d)) {
        int column = sourceX >> 16;
        int row = sourceY >> 16;
        if (column >= 0 && column < width && row >= 0 && row < height) {
          int source = (row * width + column) * channels;
          System.arraycopy(from, source, samples, (y * width + x) * channels, channels);
        }
      }
    }
    return new Picture(height, width, channels, samples);
  }

  private static int fixed(double value) {
    return (int) Math.floor(value * ONE + 0.5);
  }

  /** Between the centres of four pixels; beyond the outermost ones those count. */
  private Picture bilinear(Picture picture) {
    int height = picture.height();
    int width = picture.width();
    int channels = picture.channels();
    byte[] samples = new byte[picture.samples().length];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        double sourceX = a * (x + 0.5) + b * (y + 0.5) + c;
        double sourceY = d * (x + 0.5) + e * (y + 0.5) + f;
        if (sourceX >= 0 && sourceX < width && sourceY >= 0 && sourceY < height) {
          between(picture, sourceX - 0.5, sourceY - 0.5, samples, (y * width + x) * channels);
        }
      }
    }
    return new Picture(height, width, channels, samples);
  }

  private static void between(Picture picture, double x, double y, byte[] samples, int at) {
    byte[] from = picture.samples();
    int channels = picture.channels();
    int row = picture.width() * channels;
    int left = (int) Math.floor(x);
    int top = (int) Math.floor(y);
    int first = inside(left, picture.width()) * channels;
    int second = inside(left + 1, picture.width()) * channels;
    int upper = inside(top, picture.height()) * row;
    int lower = inside(top + 1, picture.height()) * row;
    for (int channel = 0; channel < channels; channel++) {
      double above = mix(from[upper + first + channel], from[upper + second + channel], x - left);
      double below = mix(from[lower + first + channel], from[lower + second + channel], x - left);
      samples[at + channel] = (byte) (int) (above + (below - above) * (y - top));
    }
  }

  private static double mix(byte one, byte other, double share) {
    return (one & 0xff) + ((other & 0xff) - (one & 0xff)) * share;
  }

  private static int inside(int at, int extent) {
    return Math.max(0, Math.min(extent - 1, at));
  }
}
