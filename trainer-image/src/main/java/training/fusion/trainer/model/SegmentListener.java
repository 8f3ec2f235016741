package training.fusion.trainer.model;

import ai.djl.ndarray.NDArray;
import java.util.List;

/** Follows a step through the segments of a network. */
public interface SegmentListener {
  /** A segment's parameters are about to be read for the first time in the step. */
  void begins(int segment);

  /**
   * The forward pass is done, the last one of a batch's micro-batches.
   *
   * @param loss of the batch, as in {@link Gradients}
   */
  void lost(NDArray loss);

  /**
   * A segment's gradients are there, of the whole batch; those of the segments after it were told
   * before.
   *
   * @param gradients of its trainable parameters, in their order, of a frozen segment none; they
   *     are freed when this returns, unless they are attached elsewhere
   */
  void differentiated(int segment, List<NDArray> gradients);
}
