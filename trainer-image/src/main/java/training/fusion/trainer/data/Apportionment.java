package training.fusion.trainer.data;

/**
 * How many pictures of each class a draw has: Hamilton's method (largest remainders), that is,
 * every class gets the whole part of its share, and what is left goes to the largest fractions.
 */
interface Apportionment {
  /**
   * Counts that sum up to {@code total}, or to less where the classes have no more.
   *
   * @param sizes of the classes, which shares are proportional to
   * @param least what a class has in any case, 0 or 1
   * @param most what a class has at most
   * @param line the classes, in the order in which they get their {@code least} while there is any
   */
  int[] counts(int total, int[] sizes, int[] least, int[] most, int[] line);
}
