package training.fusion.trainer.data;

import java.util.Arrays;
import training.fusion.trainer.sample.LabelledSamples;
import training.fusion.trainer.sample.Shuffle;

/**
 * Draws from classes, so many of each as is asked for. Every class is in a shuffled order of its
 * own, and is used up from its beginning; so a smaller draw is part of a larger one.
 */
final class Stratification {
  private final int[][] members;
  private final int[] used;

  /**
   * @param images indices into {@code source}
   * @param seed of the order within each class
   */
  Stratification(LabelledSamples source, int[] images, int classes, long seed) {
    members = byClass(source, images, classes);
    used = new int[classes];
    for (int label = 0; label < classes; label++) {
      Shuffle.shuffle(members[label], seed, label);
    }
  }

  /** The images of each class, in their order; found in two passes, however many classes. */
  private static int[][] byClass(LabelledSamples source, int[] images, int classes) {
    int[] counts = new int[classes];
    for (int image : images) {
      counts[source.label(image)]++;
    }
    int[][] members = new int[classes][];
    Arrays.setAll(members, label -> new int[counts[label]]);
    int[] filled = new int[classes];
    for (int image : images) {
      int label = source.label(image);
      members[label][filled[label]++] = image;
    }
    return members;
  }

  /** How many there are of each class, drawn or not. */
  int[] sizes() {
    return Arrays.stream(members).mapToInt(m -> m.length).toArray();
  }

  /** How many of each class were not drawn. */
  int[] left() {
    int[] left = sizes();
    Arrays.setAll(left, label -> left[label] - used[label]);
    return left;
  }

  /** The next images of each class, sorted by index. */
  int[] draw(int[] counts) {
    int[] drawn = new int[Arrays.stream(counts).sum()];
    int next = 0;
    for (int label = 0; label < counts.length; label++) {
      System.arraycopy(members[label], used[label], drawn, next, counts[label]);
      used[label] += counts[label];
      next += counts[label];
    }
    Arrays.sort(drawn);
    return drawn;
  }
}
