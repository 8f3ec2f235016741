package training.fusion.trainer.picture;

import org.apache.commons.rng.UniformRandomProvider;
import training.fusion.api.Dataset.Resize.Interpolation;
import training.fusion.trainer.picture.Picture.Box;

/**
 * torchvision's {@code RandomResizedCrop}: a random part of the picture, scaled to a square
 * (Szegedy et al. 2015, arXiv 1409.4842, section 6).
 *
 * @param size width and height of the result, in pixels
 * @param smallest part of the area
 * @param largest part of the area
 * @param narrowest width / height
 * @param widest width / height
 */
public record RandomResizedCrop(
    int size,
    Interpolation interpolation,
    double smallest,
    double largest,
    double narrowest,
    double widest) {
  private static final int TRIES = 10;

  /** A random part of the picture; the same for the same draws. */
  public Picture apply(Picture picture, UniformRandomProvider random) {
    return view(random).of(picture.height(), picture.width()).apply(picture);
  }

  /** A random part of a picture that is not there yet; drawn when its extent is known. */
  public View view(UniformRandomProvider random) {
    return (height, width) ->
        new Scaling(
            draw(random, height, width), size, size, new Box(0, 0, size, size), interpolation);
  }

  /** The part, by rejection: what does not fit is drawn again; after ten tries the middle. */
  public Box draw(UniformRandomProvider random, int height, int width) {
    double area = (double) height * width;
    for (int i = 0; i < TRIES; i++) {
      double wanted = area * (smallest + (largest - smallest) * random.nextDouble());
      double ratio =
          Math.exp(
              Math.log(narrowest) + (Math.log(widest) - Math.log(narrowest)) * random.nextDouble());
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

  private Box middle(int height, int width) {
    double ratio = (double) width / height;
    int partWidth = ratio > widest ? (int) Math.max(1, Math.rint(height * widest)) : width;
    int partHeight = ratio < narrowest ? (int) Math.max(1, Math.rint(width / narrowest)) : height;
    return new Box((height - partHeight) / 2, (width - partWidth) / 2, partHeight, partWidth);
  }
}
