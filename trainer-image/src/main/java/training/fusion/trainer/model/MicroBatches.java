package training.fusion.trainer.model;

import java.util.ArrayList;
import java.util.List;

/**
 * How a batch is cut into forward passes.
 *
 * @param size images of a pass at most
 * @param smallest images of a pass at least: two with batch norms. A batch that cannot be cut
 *     without going below it has passes with one image more than {@code size}
 */
public record MicroBatches(int size, int smallest) {
  public MicroBatches {
    if (size < smallest) {
      throw new IllegalArgumentException(
          "training.microBatchSize is %d, but batch norm needs at least %d images"
              .formatted(size, smallest));
    }
  }

  /**
   * As many images as fit.
   *
   * @param memory what a step needs
   * @param smallest images of a pass at least
   * @param available bytes that the device has left; a fifth of them is kept back
   */
  public static MicroBatches thatFit(
      MemoryEstimate memory, int smallest, int batchSize, long available) {
    int fitting = memory.images(available / 5 * 4);
    return new MicroBatches(Math.max(smallest, Math.min(batchSize, fitting)), smallest);
  }

  /** Images of each pass, larger ones first; their numbers differ by one at most. */
  public List<Integer> of(int images) {
    int passes = Math.max(1, Math.min((images + size - 1) / size, images / smallest));
    List<Integer> sizes = new ArrayList<>();
    for (int i = 0; i < passes; i++) {
      sizes.add(images / passes + (i < images % passes ? 1 : 0));
    }
    return sizes;
  }
}
