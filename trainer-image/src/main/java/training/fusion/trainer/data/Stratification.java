package training.fusion.trainer.data;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * Draws from classes in proportion to their sizes. Every class is in a shuffled order of its own,
 * and is used up from its beginning; so a smaller draw is part of a larger one.
 */
final class Stratification {
  private final int[][] members;
  private final int[] used;

  /**
   * @param images indices into {@code source}
   * @param seed of the order within each class
   */
  Stratification(LabelledImages source, int[] images, int classes, long seed) {
    members = new int[classes][];
    used = new int[classes];
    for (int label = 0; label < classes; label++) {
      int wanted = label;
      members[label] = Arrays.stream(images).filter(i -> source.label(i) == wanted).toArray();
      Shuffle.shuffle(members[label], seed, label);
    }
  }

  /** The next {@code total} images, each class with its share of them, sorted by index. */
  int[] draw(int total) {
    if (total == 0) {
      return new int[0];
    }
    int[] counts = apportion(total);
    var drawn = IntStream.builder();
    for (int label = 0; label < members.length; label++) {
      for (int i = 0; i < counts[label]; i++) {
        drawn.add(members[label][used[label]++]);
      }
    }
    return drawn.build().sorted().toArray();
  }

  /** All that was not drawn, sorted by index. */
  int[] drawRest() {
    return draw(rest());
  }

  /** How many were not drawn. */
  int rest() {
    return IntStream.range(0, members.length).map(this::left).sum();
  }

  /**
   * Hamilton's method: every class gets the whole part of its share; what is left goes to the
   * largest fractions, the lower class first among equals.
   */
  private int[] apportion(int total) {
    long all = Arrays.stream(members).mapToLong(m -> m.length).sum();
    int[] counts = new int[members.length];
    for (int label = 0; label < counts.length; label++) {
      counts[label] = (int) Math.min(left(label), (long) members[label].length * total / all);
    }
    var byFraction =
        IntStream.range(0, counts.length)
            .boxed()
            .sorted(
                Comparator.comparing(
                    label -> -(((long) members[label].length * total) % all), Long::compare))
            .toList();
    int missing = total - Arrays.stream(counts).sum();
    while (missing > 0) {
      for (int label : byFraction) {
        if (missing > 0 && counts[label] < left(label)) {
          counts[label]++;
          missing--;
        }
      }
    }
    return counts;
  }

  private int left(int label) {
    return members[label].length - used[label];
  }
}
