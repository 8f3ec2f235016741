package training.fusion.trainer.augmentation;

import org.apache.commons.rng.UniformRandomProvider;
import training.fusion.trainer.picture.Picture;

/** A random change of a picture, which keeps its size. */
sealed interface Transform
    permits ColorJitter, RandAugment, RandomCrop, RandomFlip, TrivialAugmentWide {
  /** A changed picture, or the picture itself; the same for the same draws. */
  Picture apply(Picture picture, UniformRandomProvider random);
}
