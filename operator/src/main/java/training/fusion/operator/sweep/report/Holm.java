package training.fusion.operator.sweep.report;

import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** Holm's correction of p for the number of comparisons (1979, Scand. J. Statist. 6, 65–70). */
final class Holm {
  private Holm() {}

  /** The corrected values, in the same order. */
  static double[] adjust(double[] p) {
    List<Integer> ascending =
        IntStream.range(0, p.length).boxed().sorted(Comparator.comparingDouble(i -> p[i])).toList();
    double[] adjusted = new double[p.length];
    double least = 0;
    for (int rank = 0; rank < p.length; rank++) {
      int i = ascending.get(rank);
      least = Math.max(least, Math.min(1, (p.length - rank) * p[i]));
      adjusted[i] = least;
    }
    return adjusted;
  }
}
