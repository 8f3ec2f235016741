package training.fusion.trainer.augmentation;

import org.apache.commons.rng.UniformRandomProvider;
import training.fusion.api.Transforms.Interpolation;
import training.fusion.trainer.picture.Picture;

/**
 * torchvision's {@code TrivialAugmentWide} (Müller and Hutter 2021, arXiv 2103.10158).
 *
 * @param bins how many magnitudes there are
 */
record TrivialAugmentWide(int bins, Interpolation interpolation) implements Transform {
  /** Whatever the picture's size, as in the paper's own program. */
  private static final double MOST_PIXELS = 32;

  Magnitudes magnitudes() {
    return new Magnitudes(bins, 0.99, 135, 0.99, 6);
  }

  @Override
  public Picture apply(Picture picture, UniformRandomProvider random) {
    Magnitudes magnitudes = magnitudes();
    Operation[] all = Operation.values();
    Operation operation = all[random.nextInt(all.length)];
    double strength =
        operation.hasMagnitude() ? magnitudes.of(operation, random.nextInt(bins), MOST_PIXELS) : 0;
    boolean negative = operation.signed() && random.nextInt(2) == 1;
    return operation.apply(picture, negative ? -strength : strength, interpolation);
  }
}
