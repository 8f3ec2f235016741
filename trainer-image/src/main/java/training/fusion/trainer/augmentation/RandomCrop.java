package training.fusion.trainer.augmentation;

import org.apache.commons.rng.UniformRandomProvider;
import training.fusion.trainer.picture.Picture;

/**
 * torchvision's {@code RandomCrop(size, padding)} of a picture that has this size: it is moved, and
 * black comes in from outside.
 *
 * @param padding by so many pixels at most each way
 */
record RandomCrop(int padding) implements Transform {
  @Override
  public Picture apply(Picture picture, UniformRandomProvider random) {
    int down = random.nextInt(2 * padding + 1) - padding;
    int right = random.nextInt(2 * padding + 1) - padding;
    return Affine.translation(-right, -down).nearest(picture);
  }
}
