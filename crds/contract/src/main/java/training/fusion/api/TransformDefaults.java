package training.fusion.api;

import java.util.List;
import org.jspecify.annotations.Nullable;
import training.fusion.api.Transforms.ColorJitter;
import training.fusion.api.Transforms.Interpolation;
import training.fusion.api.Transforms.Mixing;
import training.fusion.api.Transforms.RandAugment;
import training.fusion.api.Transforms.RandomErasing;
import training.fusion.api.Transforms.RandomFlip;
import training.fusion.api.Transforms.RandomResizedCrop;
import training.fusion.api.Transforms.TrivialAugmentWide;

/**
 * The values that absent fields of {@link Transforms} take: torchvision's. They are no schema
 * defaults, so that an object holds what its author wrote; see also {@link StrategyDefaults}.
 */
public final class TransformDefaults {
  private static final double PROBABILITY = 0.5;
  private static final int MAGNITUDE_BINS = 31;

  private static final List<Double> CROP_SCALE = List.of(0.08, 1.0);
  private static final List<Double> CROP_RATIO = List.of(3 / 4.0, 4 / 3.0);

  /** Of {@code RandomResizedCrop} (Szegedy et al. 2015, arXiv 1409.4842, section 6). */
  public static final RandomResizedCrop CROP = new RandomResizedCrop(CROP_SCALE, CROP_RATIO);

  private TransformDefaults() {}

  /** The same with every field of those that are asked for filled in. */
  public static Transforms resolve(Transforms asked) {
    return new Transforms(
        asked.randomResizedCrop() == null ? null : resolve(asked.randomResizedCrop()),
        resolve(asked.randomHorizontalFlip()),
        resolve(asked.randomVerticalFlip()),
        asked.randAugment() == null ? null : resolve(asked.randAugment()),
        asked.trivialAugmentWide() == null ? null : resolve(asked.trivialAugmentWide()),
        asked.colorJitter() == null ? null : resolve(asked.colorJitter()),
        asked.randomErasing() == null ? null : resolve(asked.randomErasing()),
        resolve(asked.mixUp()),
        resolve(asked.cutMix()));
  }

  private static RandomResizedCrop resolve(RandomResizedCrop crop) {
    return new RandomResizedCrop(or(crop.scale(), CROP_SCALE), or(crop.ratio(), CROP_RATIO));
  }

  private static @Nullable RandomFlip resolve(@Nullable RandomFlip flip) {
    return flip == null ? null : new RandomFlip(or(flip.probability(), PROBABILITY));
  }

  private static RandAugment resolve(RandAugment policy) {
    return new RandAugment(
        or(policy.numOps(), 2),
        or(policy.magnitude(), 9),
        or(policy.numMagnitudeBins(), MAGNITUDE_BINS),
        or(policy.interpolation(), Interpolation.NEAREST));
  }

  private static TrivialAugmentWide resolve(TrivialAugmentWide policy) {
    return new TrivialAugmentWide(
        or(policy.numMagnitudeBins(), MAGNITUDE_BINS),
        or(policy.interpolation(), Interpolation.NEAREST));
  }

  private static ColorJitter resolve(ColorJitter jitter) {
    return new ColorJitter(
        or(jitter.brightness(), 0.0),
        or(jitter.contrast(), 0.0),
        or(jitter.saturation(), 0.0),
        or(jitter.hue(), 0.0));
  }

  private static RandomErasing resolve(RandomErasing erasing) {
    return new RandomErasing(
        or(erasing.probability(), PROBABILITY),
        or(erasing.scale(), List.of(0.02, 0.33)),
        or(erasing.ratio(), List.of(0.3, 3.3)),
        or(erasing.value(), RandomErasing.Value.ZERO));
  }

  private static @Nullable Mixing resolve(@Nullable Mixing mixing) {
    return mixing == null ? null : new Mixing(or(mixing.alpha(), 1.0));
  }

  private static <T> T or(@Nullable T value, T otherwise) {
    return value == null ? otherwise : value;
  }
}
