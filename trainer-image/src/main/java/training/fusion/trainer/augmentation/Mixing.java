package training.fusion.trainer.augmentation;

import java.util.SplittableRandom;
import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.sampling.distribution.ChengBetaSampler;
import org.jspecify.annotations.Nullable;
import training.fusion.api.Transforms;
import training.fusion.trainer.picture.Picture.Box;

/**
 * torchvision's {@code MixUp} (Zhang et al. 2018, arXiv 1710.09412) and {@code CutMix} (Yun et al.
 * 2019, arXiv 1905.04899), of images with those before them: what is drawn once for each batch.
 *
 * @param mixUp alpha of the share's distribution; null: only CutMix
 * @param cutMix alpha of the share's distribution; null: only MixUp
 */
public record Mixing(@Nullable Double mixUp, @Nullable Double cutMix) {

  /**
   * What was drawn.
   *
   * @param pixels an image's own share of each pixel's value
   * @param box that is the other image's alone; may be empty
   * @param labels an image's own share of its label
   */
  public record Draw(double pixels, Box box, double labels) {}

  /** As configured; null: images are not mixed. */
  public static @Nullable Mixing of(
      Transforms.@Nullable Mixing mixUp, Transforms.@Nullable Mixing cutMix) {
    return mixUp == null && cutMix == null
        ? null
        : new Mixing(mixUp == null ? null : mixUp.alpha(), cutMix == null ? null : cutMix.alpha());
  }

  /**
   * Draws.
   *
   * @param size width and height of the images
   */
  public Draw draw(long seed, int size) {
    // of the JDK's generator only the bits are used, whose algorithm is fixed
    UniformRandomProvider random = new SplittableRandom(seed)::nextLong;
    if (cutMix == null || (mixUp != null && random.nextInt(2) == 0)) {
      double share = share(random, mixUp == null ? 1 : mixUp);
      return new Draw(share, new Box(0, 0, 0, 0), share);
    }
    double share = share(random, cutMix);
    return cut(share, random.nextInt(size), random.nextInt(size), size);
  }

  private static double share(UniformRandomProvider random, double alpha) {
    return ChengBetaSampler.of(random, alpha, alpha).sample();
  }

  /**
   * CutMix's box, cut off at the image's edges, and the share of the labels that this leaves.
   *
   * @param share of the image itself, before anything is cut off
   * @param column of the box's centre
   * @param row of the box's centre
   */
  static Draw cut(double share, int column, int row, int size) {
    int half = (int) (0.5 * Math.sqrt(1 - share) * size);
    int left = Math.max(0, column - half);
    int right = Math.min(size, column + half);
    int top = Math.max(0, row - half);
    int bottom = Math.min(size, row + half);
    double area = (double) (right - left) * (bottom - top);
    return new Draw(
        1, new Box(top, left, bottom - top, right - left), 1 - area / ((double) size * size));
  }
}
