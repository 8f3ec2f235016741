package training.fusion.operator.sweep.report;

import java.util.Collection;
import java.util.List;

/**
 * Which seeds choose and which compare, so that no figure is used for both. The first quarter of
 * the seeds chooses, at least one; the later ones compare, at most {@value SignFlip#MOST_PAIRS}. In
 * a search those choose that have decided who is trained to the end. Seeds count in ascending
 * order: those that a sweep gets later compare.
 */
record SeedSplit(List<Integer> choosing, List<Integer> comparing) {
  /**
   * Splits.
   *
   * @param searched how many of them have chosen already, in a search
   */
  static SeedSplit of(Collection<Integer> seeds, int searched) {
    List<Integer> ascending = seeds.stream().distinct().sorted().toList();
    int n = ascending.size();
    int asked = searched > 0 ? searched : Math.max(1, n / 4);
    int first = Math.min(n, Math.max(asked, n - SignFlip.MOST_PAIRS));
    return new SeedSplit(ascending.subList(0, first), ascending.subList(first, n));
  }
}
