package training.fusion.trainer.augmentation;

import java.util.function.IntUnaryOperator;
import training.fusion.trainer.picture.Picture;

/** Pillow's {@code ImageOps}: each level of a channel becomes another one. */
final class Levels {
  private static final int COUNT = 256;

  private Levels() {}

  /** Keeps the upper bits of each level. */
  static Picture posterize(Picture picture, int bits) {
    int mask = -(1 << (8 - bits));
    return all(picture, level -> level & mask);
  }

  /** Turns levels from a threshold on into their opposites. */
  static Picture solarize(Picture picture, double threshold) {
    return all(picture, level -> level < threshold ? level : COUNT - 1 - level);
  }

  /** Stretches each channel so that it has black and white. */
  static Picture autoContrast(Picture picture) {
    return each(
        picture,
        histogram -> {
          int low = 0;
          while (low < COUNT - 1 && histogram[low] == 0) {
            low++;
          }
          int high = COUNT - 1;
          while (high > 0 && histogram[high] == 0) {
            high--;
          }
          if (high <= low) {
            return IntUnaryOperator.identity();
          }
          double scale = 255.0 / (high - low);
          double offset = -low * scale;
          return level -> (int) (level * scale + offset);
        });
  }

  /** Makes levels of each channel about equally frequent. */
  static Picture equalize(Picture picture) {
    return each(picture, Levels::equalized);
  }

  private static IntUnaryOperator equalized(int[] histogram) {
    int highest = COUNT - 1;
    while (highest > 0 && histogram[highest] == 0) {
      highest--;
    }
    int below = 0;
    for (int level = 0; level < highest; level++) {
      below += histogram[level];
    }
    int step = below / (COUNT - 1);
    if (step == 0) {
      return IntUnaryOperator.identity();
    }
    int[] table = new int[COUNT];
    int sum = step / 2;
    for (int level = 0; level < COUNT; level++) {
      table[level] = sum / step;
      sum += histogram[level];
    }
    return level -> table[level];
  }

  /** What becomes of a channel's levels, by how often it has each. */
  private interface OfHistogram {
    IntUnaryOperator map(int[] histogram);
  }

  private static Picture each(Picture picture, OfHistogram maps) {
    byte[] samples = new byte[picture.samples().length];
    for (int channel = 0; channel < picture.channels(); channel++) {
      int[] histogram = new int[COUNT];
      for (int i = channel; i < samples.length; i += picture.channels()) {
        histogram[picture.samples()[i] & 0xff]++;
      }
      put(picture, channel, picture.channels(), maps.map(histogram), samples);
    }
    return new Picture(picture.height(), picture.width(), picture.channels(), samples);
  }

  private static Picture all(Picture picture, IntUnaryOperator map) {
    byte[] samples = new byte[picture.samples().length];
    put(picture, 0, 1, map, samples);
    return new Picture(picture.height(), picture.width(), picture.channels(), samples);
  }

  private static void put(
      Picture picture, int first, int step, IntUnaryOperator map, byte[] samples) {
    byte[] table = new byte[COUNT];
    for (int level = 0; level < COUNT; level++) {
      table[level] = (byte) Math.max(0, Math.min(COUNT - 1, map.applyAsInt(level)));
    }
    for (int i = first; i < samples.length; i += step) {
      samples[i] = table[picture.samples()[i] & 0xff];
    }
  }
}
