package training.fusion.trainer.augmentation;

import java.util.List;
import org.apache.commons.rng.UniformRandomProvider;
import training.fusion.api.Transforms;
import training.fusion.trainer.picture.Picture.Box;

/**
 * torchvision's {@code RandomErasing} (Zhong et al. 2020, arXiv 1708.04896): which box of an image
 * is overwritten; what with is the network program's matter.
 *
 * @param size width and height of the network's input
 * @param probability of a box
 * @param smallest part of the area
 * @param largest part of the area
 * @param flattest height / width
 * @param tallest height / width
 * @param noise whether with normal noise, or with zeros
 */
public record RandomErasing(
    int size,
    double probability,
    double smallest,
    double largest,
    double flattest,
    double tallest,
    boolean noise) {
  private static final int TRIES = 10;

  /** No box. */
  public static final Box NOTHING = new Box(0, 0, 0, 0);

  /** As configured, every field of {@code asked} being filled in. */
  public static RandomErasing of(Transforms.RandomErasing asked, int size) {
    List<Double> scale = PictureTransforms.bounds(asked.scale());
    List<Double> ratio = PictureTransforms.bounds(asked.ratio());
    return new RandomErasing(
        size,
        PictureTransforms.or(asked.probability()),
        scale.get(0),
        scale.get(1),
        ratio.get(0),
        ratio.get(1),
        asked.value() == Transforms.RandomErasing.Value.RANDOM);
  }

  /** The box in a network's input. */
  public Box draw(UniformRandomProvider random) {
    return draw(random, size, size);
  }

  /** The box, strictly smaller than the image both ways; empty if none is drawn. */
  Box draw(UniformRandomProvider random, int height, int width) {
    if (random.nextDouble() >= probability) {
      return NOTHING;
    }
    for (int i = 0; i < TRIES; i++) {
      double area = height * width * (smallest + (largest - smallest) * random.nextDouble());
      double ratio =
          Math.exp(
              Math.log(flattest) + (Math.log(tallest) - Math.log(flattest)) * random.nextDouble());
      int boxHeight = (int) Math.rint(Math.sqrt(area * ratio));
      int boxWidth = (int) Math.rint(Math.sqrt(area / ratio));
      if (boxHeight < height && boxWidth < width) {
        int top = random.nextInt(height - boxHeight + 1);
        int left = random.nextInt(width - boxWidth + 1);
        return new Box(top, left, boxHeight, boxWidth);
      }
    }
    return NOTHING;
  }
}
