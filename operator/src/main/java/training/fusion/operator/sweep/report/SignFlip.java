package training.fusion.operator.sweep.report;

import java.util.Arrays;

/**
 * The exact sign-flip test of paired differences (Fisher's randomization test): if the two were
 * alike, each difference might as well have had the other sign. Two-sided.
 */
final class SignFlip {
  /** Half of them are 2^16 sums at a time, so neither memory nor time is felt. */
  static final int MOST_PAIRS = 32;

  private SignFlip() {}

  /**
   * Fraction of all 2^n signs that give a sum at least as far from 0 as the one seen.
   *
   * @param differences 1 to {@value #MOST_PAIRS}
   */
  static double p(double[] differences) {
    int n = differences.length;
    if (n < 1 || n > MOST_PAIRS) {
      throw new IllegalArgumentException(
          "%d pairs; the sign-flip test takes 1 to %d".formatted(n, MOST_PAIRS));
    }
    // the same sum in another order differs in its last bits; it is as far as the one seen
    double slack = 1e-12 * Arrays.stream(differences).map(Math::abs).sum();
    double seen = Math.abs(Arrays.stream(differences).sum()) - slack;
    double[] left = sums(Arrays.copyOfRange(differences, 0, n / 2));
    double[] right = sums(Arrays.copyOfRange(differences, n / 2, n));
    // as many signs reach -seen as +seen: every sum's mirror image is among them
    long far = seen <= 0 ? left.length * (long) right.length : 2 * pairsAtLeast(seen, left, right);
    return far / Math.pow(2, n);
  }

  /** Every sum with every choice of signs, in ascending order. */
  private static double[] sums(double[] differences) {
    double[] sums = {0};
    for (double difference : differences) {
      double[] next = new double[2 * sums.length];
      for (int i = 0; i < sums.length; i++) {
        next[2 * i] = sums[i] - difference;
        next[2 * i + 1] = sums[i] + difference;
      }
      sums = next;
    }
    Arrays.sort(sums);
    return sums;
  }

  /** Pairs of one of either side, both ascending, whose sum is at least the bound. */
  private static long pairsAtLeast(double bound, double[] left, double[] right) {
    long pairs = 0;
    int from = right.length;
    for (double sum : left) {
      while (from > 0 && sum + right[from - 1] >= bound) {
        from--;
      }
      pairs += right.length - from;
    }
    return pairs;
  }
}
