package training.fusion.trainer.model;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntToDoubleFunction;

/**
 * A forward and backward pass over a part of a batch.
 *
 * @param share of the batch's loss: its images' part of the sum of all images' weights
 */
public record MicroBatch(int images, double share) {
  /**
   * Cuts a batch.
   *
   * @param sizes images of each pass
   * @param weights of the batch's images, by their place in it: their classes' weights, or 1
   */
  public static List<MicroBatch> of(List<Integer> sizes, IntToDoubleFunction weights) {
    int images = sizes.stream().mapToInt(Integer::intValue).sum();
    double whole = sum(0, images, weights);
    List<MicroBatch> parts = new ArrayList<>();
    int from = 0;
    for (int size : sizes) {
      parts.add(new MicroBatch(size, sum(from, from + size, weights) / whole));
      from += size;
    }
    return List.copyOf(parts);
  }

  private static double sum(int from, int end, IntToDoubleFunction weights) {
    double sum = 0;
    for (int i = from; i < end; i++) {
      sum += weights.applyAsDouble(i);
    }
    return sum;
  }
}
