package training.fusion.trainer.model;

import ai.djl.ndarray.NDArray;
import org.jspecify.annotations.Nullable;

/**
 * What was drawn for a batch, as far as the network's program is to do it.
 *
 * @param erased int64 [images, 4]: first row and column of each image's box, and those after the
 *     last; null: the program erases nothing
 * @param mixed fp32 [8]: an image's own share of each pixel and the other's; first row and column
 *     of the box that is the other's alone, and those after the last; the own share of the label
 *     and the other's. Null: the program mixes nothing
 */
public record InputDraws(@Nullable NDArray erased, @Nullable NDArray mixed) {
  /** Nothing. */
  public static final InputDraws NONE = new InputDraws(null, null);
}
