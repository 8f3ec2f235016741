package training.fusion.trainer.model;

import training.fusion.api.Training.Augmentation;

/**
 * What a network's program does to the pictures that it is trained on.
 *
 * @param ready whether they come at the network's size, changed already as far as pictures are
 * @param flips whether half of them are mirrored, left and right
 * @param moves whether they are moved by up to an eighth each way
 * @param erasing of a box of each input, which comes with the batch
 * @param mixes whether each image is mixed with the one before it, as a draw says that comes with
 *     the batch
 */
public record InputAugmentation(
    boolean ready, boolean flips, boolean moves, Erasing erasing, boolean mixes) {
  /** Pictures stay as they are. */
  public static final InputAugmentation NONE =
      new InputAugmentation(false, false, false, Erasing.NONE, false);

  /** What boxes are overwritten with. */
  public enum Erasing {
    NONE,
    ZEROS,
    NOISE
  }

  /** That of an augmentation without further transforms. */
  public static InputAugmentation of(Augmentation augmentation) {
    return new InputAugmentation(
        augmentation == Augmentation.RANDOM_RESIZED_CROP,
        augmentation != Augmentation.NONE,
        augmentation == Augmentation.FLIP_AND_CROP,
        Erasing.NONE,
        false);
  }
}
