package training.fusion.trainer.augmentation;

import training.fusion.api.Transforms.Interpolation;
import training.fusion.trainer.picture.Picture;

/**
 * The operations of {@code RandAugment} and {@code TrivialAugmentWide}, in torchvision's order,
 * which draws count in.
 */
enum Operation {
  IDENTITY(Strength.NONE),
  SHEAR_X(Strength.SIGNED),
  SHEAR_Y(Strength.SIGNED),
  TRANSLATE_X(Strength.SIGNED),
  TRANSLATE_Y(Strength.SIGNED),
  ROTATE(Strength.SIGNED),
  BRIGHTNESS(Strength.SIGNED),
  COLOR(Strength.SIGNED),
  CONTRAST(Strength.SIGNED),
  SHARPNESS(Strength.SIGNED),
  POSTERIZE(Strength.UNSIGNED),
  SOLARIZE(Strength.UNSIGNED),
  AUTO_CONTRAST(Strength.NONE),
  EQUALIZE(Strength.NONE);

  /** What there is to choose about an operation. */
  private enum Strength {
    NONE,
    UNSIGNED,
    SIGNED
  }

  private final Strength strength;

  Operation(Strength strength) {
    this.strength = strength;
  }

  /** Whether there is a magnitude. */
  boolean hasMagnitude() {
    return strength != Strength.NONE;
  }

  /** Whether the magnitude may be negative. */
  boolean signed() {
    return strength == Strength.SIGNED;
  }

  /**
   * A changed picture.
   *
   * @param magnitude a slope, pixels (cut to whole ones), degrees counterclockwise, what a factor
   *     is more than 1, bits that are kept, or a threshold
   * @param interpolation of what is moved
   */
  Picture apply(Picture picture, double magnitude, Interpolation interpolation) {
    return switch (this) {
      case IDENTITY -> picture;
      case SHEAR_X -> Affine.shearX(magnitude).apply(picture, interpolation);
      case SHEAR_Y -> Affine.shearY(magnitude).apply(picture, interpolation);
      case TRANSLATE_X -> Affine.translation((int) magnitude, 0).nearest(picture);
      case TRANSLATE_Y -> Affine.translation(0, (int) magnitude).nearest(picture);
      case ROTATE -> Affine.rotated(picture, magnitude, interpolation);
      case BRIGHTNESS -> Enhancement.brightness(picture, 1 + magnitude);
      case COLOR -> Enhancement.saturation(picture, 1 + magnitude);
      case CONTRAST -> Enhancement.contrast(picture, 1 + magnitude);
      case SHARPNESS -> Enhancement.sharpness(picture, 1 + magnitude);
      case POSTERIZE -> Levels.posterize(picture, (int) magnitude);
      case SOLARIZE -> Levels.solarize(picture, magnitude);
      case AUTO_CONTRAST -> Levels.autoContrast(picture);
      case EQUALIZE -> Levels.equalize(picture);
    };
  }
}
