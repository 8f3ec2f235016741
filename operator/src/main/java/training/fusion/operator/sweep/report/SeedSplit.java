package training.fusion.operator.sweep.report;

import java.util.Collection;
import java.util.List;

/**
 * Which seeds choose and which compare, so that no figure is used for both. The first quarter of
 * the seeds chooses, at least one; the later ones compare, at most {@value SignFlip#MOST_PAIRS}.
 * Seeds count in ascending order: those that a sweep gets later compare.
 */
record SeedSplit(List<Integer> choosing, List<Integer> comparing) {
  static SeedSplit of(Collection<Integer> seeds) {
    List<Integer> ascending = seeds.stream().distinct().sorted().toList();
    int n = ascending.size();
    int first = Math.min(n, Math.max(1, Math.max(n / 4, n - SignFlip.MOST_PAIRS)));
    return new SeedSplit(ascending.subList(0, first), ascending.subList(first, n));
  }
}
