package training.fusion.trainer.model;

import ai.djl.ndarray.NDArray;
import java.util.List;

/**
 * What one forward and backward pass left on the device; closed with the step.
 *
 * @param loss mean cross-entropy of the batch, label smoothing and class weights included; scalar
 *     fp32
 * @param correct images classified correctly; scalar int64
 * @param logits [images, classes] fp32
 * @param gradients of the trainable parameters, in their order
 */
public record Gradients(
    NDArray loss, NDArray correct, NDArray logits, List<NDArray> gradients, NDArray owner)
    implements AutoCloseable {
  /** The same figures with gradients of another pass, which are closed with that. */
  public Gradients with(List<NDArray> others) {
    return new Gradients(loss, correct, logits, others, owner);
  }

  @Override
  public void close() {
    owner.getManager().close();
  }
}
