package training.fusion.trainer.picture;

import training.fusion.api.Dataset.Resize.Interpolation;

/**
 * For each sample of a scaled line: the samples it is made of, and their weights in {@link
 * #FRACTION_BITS} fractional bits.
 */
final class Taps {
  /** Pillow's, for eight bits a sample. */
  static final int FRACTION_BITS = 22;

  private final int stride;
  private final int[] firsts;
  private final int[] lengths;
  private final int[] weights;

  private Taps(int count, int stride) {
    this.stride = stride;
    this.firsts = new int[count];
    this.lengths = new int[count];
    this.weights = new int[count * stride];
  }

  /** Weights of {@code count} samples from {@code from} on, when {@code in} become {@code out}. */
  static Taps of(int in, int out, int from, int count, Interpolation interpolation) {
    double scale = (double) in / out;
    double stretch = Math.max(1, scale); // antialias: the filter covers what becomes one sample
    double support = stretch * (interpolation == Interpolation.BICUBIC ? 2 : 1);
    var taps = new Taps(count, (int) Math.ceil(support) * 2 + 1);
    double[] values = new double[taps.stride];
    for (int i = 0; i < count; i++) {
      double center = (from + i + 0.5) * scale;
      int first = Math.max(0, (int) (center - support + 0.5));
      int end = Math.min(in, (int) (center + support + 0.5));
      double sum = 0;
      for (int j = first; j < end; j++) {
        double value = weight((j - center + 0.5) * (1 / stretch), interpolation);
        values[j - first] = value;
        sum += value;
      }
      for (int j = 0; j < end - first; j++) {
        taps.weights[i * taps.stride + j] =
            (int) Math.round(values[j] * (1 / sum) * (1 << FRACTION_BITS));
      }
      taps.firsts[i] = first;
      taps.lengths[i] = end - first;
    }
    return taps;
  }

  /** The triangle, or Keys' cubic with a = −0.5 (Keys 1981), as in Pillow. */
  private static double weight(double distance, Interpolation interpolation) {
    double x = Math.abs(distance);
    if (interpolation == Interpolation.BILINEAR) {
      return Math.max(0, 1 - x);
    }
    if (x < 1) {
      return (1.5 * x - 2.5) * x * x + 1;
    }
    return x < 2 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : 0;
  }

  /** Samples of the result. */
  int count() {
    return firsts.length;
  }

  /** The first sample that sample {@code i} is made of. */
  int first(int i) {
    return firsts[i];
  }

  /** How many it is made of. */
  int length(int i) {
    return lengths[i];
  }

  /** The weight of the one at {@code first(i) + k}. */
  int weight(int i, int k) {
    return weights[i * stride + k];
  }

  /** The first sample that any is made of. */
  int begin() {
    return firsts[0];
  }

  /** After the last sample that any is made of. */
  int end() {
    return firsts[count() - 1] + lengths[count() - 1];
  }
}
