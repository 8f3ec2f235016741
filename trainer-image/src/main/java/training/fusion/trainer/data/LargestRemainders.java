package training.fusion.trainer.data;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Equal fractions get what is left in a drawn order of the classes. It is the same for all draws of
 * a data set: so the classes that one part has a picture more of, or has at all, are those of the
 * other parts, too. A class that would come out of its bounds gets just these, and the others
 * divide the rest by their sizes.
 */
final class LargestRemainders implements Apportionment {
  private final int[] order;

  /**
   * @param order of the classes
   */
  LargestRemainders(int[] order) {
    this.order = order;
  }

  @Override
  public int[] counts(int total, int[] sizes, int[] least, int[] most, int[] line) {
    int[] counts = new int[sizes.length];
    if (total <= Arrays.stream(least).asLongStream().sum()) {
      Arrays.stream(line).filter(c -> least[c] > 0).limit(total).forEach(c -> counts[c] = 1);
      return counts;
    }
    boolean[] settled = new boolean[sizes.length];
    int rest = total;
    boolean again = true;
    while (again) {
      share(rest, sizes, settled, counts);
      again = false;
      for (int c : order) {
        if (!settled[c] && (counts[c] < least[c] || counts[c] > most[c])) {
          counts[c] = counts[c] > most[c] ? most[c] : least[c];
          rest -= counts[c];
          settled[c] = true;
          again = true;
        }
      }
    }
    return counts;
  }

  /** Hamilton's method among the classes that are not settled. */
  private void share(int total, int[] sizes, boolean[] settled, int[] counts) {
    int[] classes = Arrays.stream(order).filter(c -> !settled[c] && sizes[c] > 0).toArray();
    long all = Arrays.stream(classes).asLongStream().map(c -> sizes[(int) c]).sum();
    int left = total;
    for (int c : classes) {
      counts[c] = Math.toIntExact((long) sizes[c] * total / all);
      left -= counts[c];
    }
    List<Integer> byFraction =
        IntStream.of(classes)
            .boxed()
            .sorted(
                Comparator.comparingLong((Integer c) -> (long) sizes[c] * total % all).reversed())
            .toList(); // of equal ones the first in order stays the first
    for (int c : byFraction.subList(0, Math.min(left, byFraction.size()))) {
      counts[c]++;
    }
  }
}
