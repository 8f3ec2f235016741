package training.fusion.operator.sweep.search;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Learning curves of a sweep that nobody trains: what a trial's validation shows is a function of
 * its group, seed and epoch. Curves cross (who learns slowly may get further), some lie flat for a
 * while, figures are of 500 images and so tie, and some trials end in NaN.
 *
 * @param groups in the order of the matrix: boundaries of pairs of optimizers
 * @param seeds of each group
 */
record Landscape(List<Curve> groups, int seeds, int epochs, long random) {
  private static final double IMAGES = 500;
  private static final int BOUNDARIES = 14;

  /**
   * Of one group, without what a seed makes of it.
   *
   * @param top what it comes to after endless training
   * @param speed how fast
   * @param flat epochs before it begins to learn
   * @param luck how much seeds differ
   * @param diverges fraction of its seeds that do
   */
  record Curve(double top, double speed, int flat, double luck, double diverges) {
    double at(int epoch) {
      return 0.1 + (top - 0.1) * (1 - Math.exp(-speed * Math.max(0, epoch - flat)));
    }
  }

  static Landscape random(long seed, int groups, int seeds, int epochs) {
    var random = new Random(seed);
    List<Curve> curves = new ArrayList<>();
    double best = 0;
    double height = 0;
    for (int group = 0; group < groups; group++) {
      if (group % BOUNDARIES == 0) { // another pair of optimizers
        best = random.nextInt(BOUNDARIES);
        height = 0.75 + 0.15 * random.nextDouble();
      }
      double away = (group % BOUNDARIES - best) / BOUNDARIES;
      double top = height - 0.25 * away * away + 0.01 * random.nextGaussian();
      boolean slow = random.nextInt(5) == 0; // and gets further than it looks
      double speed = slow ? 0.15 + 0.1 * random.nextDouble() : 0.35 + 0.5 * random.nextDouble();
      curves.add(
          new Curve(
              slow ? top + 0.015 : top,
              speed,
              random.nextInt(8) == 0 ? 1 + random.nextInt(3) : 0,
              0.004 + 0.008 * random.nextDouble(),
              random.nextInt(20) == 0 ? 0.3 : 0));
    }
    return new Landscape(List.copyOf(curves), seeds, epochs, seed);
  }

  /** What a trial's validation shows: a fraction of the images, or NaN from some epoch on. */
  double accuracy(int group, int seed, int epoch) {
    Curve curve = groups.get(group);
    var own = new Random(31L * (31L * random + group) + seed);
    double offset = curve.luck() * own.nextGaussian();
    boolean diverges = own.nextDouble() < curve.diverges();
    if (diverges && epoch >= 1 + own.nextInt(epochs)) {
      return Double.NaN;
    }
    double noise = curve.luck() * new Random(own.nextLong() + epoch).nextGaussian();
    return Math.rint(IMAGES * (curve.at(epoch) + offset + noise)) / IMAGES;
  }

  /** What a group is worth: what it comes to at the end, whatever its seeds show; NaN counts 0. */
  double worth(int group) {
    Curve curve = groups.get(group);
    return curve.diverges() > 0 ? 0 : curve.at(epochs);
  }

  double bestWorth() {
    double best = 0;
    for (int group = 0; group < groups.size(); group++) {
      best = Math.max(best, worth(group));
    }
    return best;
  }
}
