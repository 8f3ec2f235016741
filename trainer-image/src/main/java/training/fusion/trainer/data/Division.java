package training.fusion.trainer.data;

import training.fusion.trainer.sample.Shuffle;

/**
 * By which rules a data set is divided into its parts. A run keeps to those that it began with:
 * others would put pictures into other parts.
 */
public enum Division {
  /**
   * Of equal fractions the lower class's comes first, a class may give all its pictures away, and
   * each part is limited for itself.
   */
  CLASS_ORDER,

  /** Of equal fractions a drawn class's comes first, and classes are kept in all parts. */
  CLASSES_TOGETHER;

  /** What a run without a note of it began with. */
  public static final Division BEFORE_IT_WAS_NOTED = CLASS_ORDER;

  /** What a run begins with today. */
  public static final Division CURRENT = CLASSES_TOGETHER;

  /** Labels are the streams of the orders within classes; this one is no label. */
  private static final long STREAM = -1;

  /** The classes in the order in which they have precedence. */
  int[] order(int classes, long seed) {
    return Shuffle.permutation(classes, seed, STREAM);
  }

  Apportionment apportionment(int[] order) {
    return this == CLASS_ORDER ? new ClassOrder() : new LargestRemainders(order);
  }
}
