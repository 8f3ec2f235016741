package training.fusion.trainer.augmentation;

import org.apache.commons.rng.UniformRandomProvider;
import training.fusion.trainer.picture.Picture;

/** torchvision's {@code ColorJitter}; 0 leaves as it is. */
record ColorJitter(double brightness, double contrast, double saturation, double hue)
    implements Transform {
  private static final int CHANGES = 4;

  @Override
  public Picture apply(Picture picture, UniformRandomProvider random) {
    int[] order = {0, 1, 2, 3};
    for (int i = CHANGES - 1; i > 0; i--) {
      int other = random.nextInt(i + 1);
      int change = order[i];
      order[i] = order[other];
      order[other] = change;
    }
    double[] drawn = {
      factor(brightness, random),
      factor(contrast, random),
      factor(saturation, random),
      hue == 0 ? 0 : -hue + 2 * hue * random.nextDouble()
    };
    return changed(picture, order, drawn);
  }

  private static double factor(double strength, UniformRandomProvider random) {
    if (strength == 0) {
      return 1;
    }
    double least = Math.max(0, 1 - strength);
    return least + (1 + strength - least) * random.nextDouble();
  }

  /**
   * A picture with all four changes.
   *
   * @param order of the changes: 0 brightness, 1 contrast, 2 saturation, 3 hue
   * @param drawn three factors and the hue's part of a turn
   */
  static Picture changed(Picture picture, int[] order, double[] drawn) {
    Picture changed = picture;
    for (int change : order) {
      changed =
          switch (change) {
            case 0 -> drawn[0] == 1 ? changed : Enhancement.brightness(changed, drawn[0]);
            case 1 -> drawn[1] == 1 ? changed : Enhancement.contrast(changed, drawn[1]);
            case 2 -> drawn[2] == 1 ? changed : Enhancement.saturation(changed, drawn[2]);
            default -> drawn[3] == 0 ? changed : Hue.turned(changed, drawn[3]);
          };
    }
    return changed;
  }
}
