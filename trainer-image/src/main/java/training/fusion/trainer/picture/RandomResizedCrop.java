package training.fusion.trainer.picture;

import java.util.SplittableRandom;
import org.apache.commons.rng.UniformRandomProvider;
import training.fusion.api.Dataset.Resize.Interpolation;
import training.fusion.trainer.picture.Picture.Box;

/**
 * torchvision's {@code RandomResizedCrop} with its defaults: a part of a tenth (0.08) to the whole
 * of the area, of an aspect ratio from 3/4 to 4/3, scaled to a square (Szegedy et al. 2015, arXiv
 * 1409.4842, section 6).
 *
 * @param size width and height of the result, in pixels
 */
public record RandomResizedCrop(int size, Interpolation interpolation) {
  private static final double SMALLEST_AREA = 0.08;
  private static final double NARROWEST = 3 / 4.0;
  private static final double WIDEST = 4 / 3.0;
  private static final int TRIES = 10;

  /** A random part of the picture; the same for the same seed. */
  public Picture apply(Picture picture, long seed) {
    // of the JDK's generator only the bits are used, whose algorithm is fixed
    UniformRandomProvider random = new SplittableRandom(seed)::nextLong;
    Picture part = picture.cut(draw(random, picture.height(), picture.width()));
    return Resampler.scale(part, size, size, new Box(0, 0, size, size), interpolation);
  }

  /** The part, by rejection: what does not fit is drawn again; after ten tries the middle. */
  static Box draw(UniformRandomProvider random, int height, int width) {
    double area = (double) height * width;
    for (int i = 0; i < TRIES; i++) {
      double wanted = area * (SMALLEST_AREA + (1 - SMALLEST_AREA) * random.nextDouble());
      double ratio =
          Math.exp(
              Math.log(NARROWEST) + (Math.log(WIDEST) - Math.log(NARROWEST)) * random.nextDouble());
      int partWidth = (int) Math.rint(Math.sqrt(wanted * ratio));
      int partHeight = (int) Math.rint(Math.sqrt(wanted / ratio));
      if (partWidth > 0 && partWidth <= width && partHeight > 0 && partHeight <= height) {
        int top = random.nextInt(height - partHeight + 1);
        int left = random.nextInt(width - partWidth + 1);
        return new Box(top, left, partHeight, partWidth);
      }
    }
    return middle(height, width);
  }

  private static Box middle(int height, int width) {
    double ratio = (double) width / height;
    int partWidth = ratio > WIDEST ? (int) Math.rint(height * WIDEST) : width;
    int partHeight = ratio < NARROWEST ? (int) Math.rint(width / NARROWEST) : height;
    return new Box((height - partHeight) / 2, (width - partWidth) / 2, partHeight, partWidth);
  }
}
