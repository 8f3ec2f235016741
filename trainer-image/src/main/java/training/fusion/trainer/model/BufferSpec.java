package training.fusion.trainer.model;

/**
 * A tensor that is saved with the weights but not trained: a batch norm's running statistics.
 *
 * @param name torchvision's name in the {@code state_dict}
 * @param channels its length; 0 for the scalar counter {@code num_batches_tracked}
 */
public record BufferSpec(String name, int channels) {
  /** Whether it is the int64 counter of batches. */
  public boolean counter() {
    return name.endsWith("num_batches_tracked");
  }
}
