package training.fusion.trainer.augmentation;

import java.util.ArrayList;
import java.util.List;
import org.apache.commons.rng.UniformRandomProvider;
import org.jspecify.annotations.Nullable;
import training.fusion.api.Training.Augmentation;
import training.fusion.api.TransformDefaults;
import training.fusion.api.Transforms;
import training.fusion.trainer.picture.Framing;
import training.fusion.trainer.picture.Picture;
import training.fusion.trainer.picture.RandomResizedCrop;

/**
 * What becomes of a training picture before it is put into a batch, at the network's size.
 *
 * @param framing how a picture that is not cut at random becomes a square
 * @param crop how it is cut at random; null: not
 * @param changes in their order
 */
public record PictureTransforms(
    Framing framing, @Nullable RandomResizedCrop crop, List<Transform> changes) {
  /** The usual padding of CIFAR's 32 pixels is 4 (He et al. 2016, arXiv 1512.03385, 4.2). */
  public static final int PADDING_SHARE = 8;

  private static final double HALF = 0.5;

  public PictureTransforms {
    changes = List.copyOf(changes);
  }

  /**
   * Those that are asked for; null if nothing is to be done with pictures before they are batched.
   *
   * @param transforms with every field filled in
   */
  public static @Nullable PictureTransforms of(
      Augmentation augmentation, Transforms transforms, Framing framing) {
    RandomResizedCrop crop = crop(augmentation, transforms, framing);
    List<Transform> changes = changes(augmentation, transforms, framing.size());
    return crop == null && changes.isEmpty() ? null : new PictureTransforms(framing, crop, changes);
  }

  private static @Nullable RandomResizedCrop crop(
      Augmentation augmentation, Transforms transforms, Framing framing) {
    if (augmentation != Augmentation.RANDOM_RESIZED_CROP) {
      return null;
    }
    Transforms.RandomResizedCrop asked =
        transforms.randomResizedCrop() == null
            ? TransformDefaults.CROP
            : transforms.randomResizedCrop();
    List<Double> scale = bounds(asked.scale());
    List<Double> ratio = bounds(asked.ratio());
    return new RandomResizedCrop(
        framing.size(),
        framing.interpolation(),
        scale.get(0),
        scale.get(1),
        ratio.get(0),
        ratio.get(1));
  }

  static List<Double> bounds(@Nullable List<Double> bounds) {
    if (bounds == null || bounds.size() != 2) {
      throw new IllegalArgumentException("two bounds are needed, not " + bounds);
    }
    return bounds;
  }

  /**
   * In torchvision's order. Flips and moves are the network program's matter, as long as nothing
   * comes after them here.
   */
  private static List<Transform> changes(
      Augmentation augmentation, Transforms transforms, int size) {
    Transforms.RandomFlip horizontal = transforms.randomHorizontalFlip();
    List<Transform> later = new ArrayList<>();
    if (transforms.randomVerticalFlip() != null) {
      later.add(new RandomFlip(true, or(transforms.randomVerticalFlip().probability())));
    }
    Transforms.RandAugment policy = transforms.randAugment();
    if (policy != null) {
      later.add(
          new RandAugment(
              or(policy.numOps()),
              or(policy.magnitude()),
              or(policy.numMagnitudeBins()),
              or(policy.interpolation())));
    }
    Transforms.TrivialAugmentWide trivial = transforms.trivialAugmentWide();
    if (trivial != null) {
      later.add(
          new TrivialAugmentWide(or(trivial.numMagnitudeBins()), or(trivial.interpolation())));
    }
    Transforms.ColorJitter jitter = transforms.colorJitter();
    if (jitter != null) {
      later.add(
          new ColorJitter(
              or(jitter.brightness()),
              or(jitter.contrast()),
              or(jitter.saturation()),
              or(jitter.hue())));
    }
    if (horizontal == null && later.isEmpty()) {
      return List.of();
    }
    List<Transform> all = new ArrayList<>();
    if (augmentation == Augmentation.FLIP_AND_CROP) {
      all.add(new RandomCrop(size / PADDING_SHARE));
    }
    if (horizontal != null) {
      all.add(new RandomFlip(false, or(horizontal.probability())));
    } else if (augmentation != Augmentation.NONE) {
      all.add(new RandomFlip(false, HALF));
    }
    all.addAll(later);
    return all;
  }

  static <T> T or(@Nullable T filledIn) {
    if (filledIn == null) {
      throw new IllegalArgumentException("a transform's field is not filled in");
    }
    return filledIn;
  }

  /** Whether flips and moves are among the changes, and none is left to do. */
  public boolean complete() {
    return !changes.isEmpty();
  }

  /** Width and height of the result, in pixels. */
  public int size() {
    return framing.size();
  }

  /**
   * A changed picture.
   *
   * @param picture as it was stored, or at the network's size where it is not cut at random
   */
  public Picture apply(Picture picture, UniformRandomProvider random) {
    return change(crop == null ? framing.apply(picture) : crop.apply(picture, random), random);
  }

  /** What becomes of a picture that is at the network's size. */
  public Picture change(Picture square, UniformRandomProvider random) {
    Picture changed = square;
    for (Transform change : changes) {
      changed = change.apply(changed, random);
    }
    return changed;
  }
}
