package training.fusion.trainer.augmentation;

import org.apache.commons.rng.UniformRandomProvider;
import training.fusion.api.Transforms.Interpolation;
import training.fusion.trainer.picture.Picture;

/**
 * torchvision's {@code RandAugment} (Cubuk et al. 2020, arXiv 1909.13719).
 *
 * @param operations in a row
 * @param magnitude number of the magnitude of all, from 0
 * @param bins how many magnitudes there are
 */
record RandAugment(int operations, int magnitude, int bins, Interpolation interpolation)
    implements Transform {
  /** 150 of the 331 pixels of the pictures that AutoAugment was made for. */
  private static final double MOST_MOVED = 150.0 / 331.0;

  Magnitudes magnitudes() {
    return new Magnitudes(bins, 0.3, 30, 0.9, 4);
  }

  @Override
  public Picture apply(Picture picture, UniformRandomProvider random) {
    Magnitudes magnitudes = magnitudes();
    Operation[] all = Operation.values();
    Picture changed = picture;
    for (int i = 0; i < operations; i++) {
      Operation operation = all[random.nextInt(all.length)];
      int extent = operation == Operation.TRANSLATE_X ? picture.width() : picture.height();
      double strength = magnitudes.of(operation, magnitude, MOST_MOVED * extent);
      boolean negative = operation.signed() && random.nextInt(2) == 1;
      changed = operation.apply(changed, negative ? -strength : strength, interpolation);
    }
    return changed;
  }
}
