package training.fusion.trainer.model.architecture;

import java.util.List;

/**
 * A tensor that is saved with the weights but not trained: a batch norm's running statistics, or a
 * constant that torchvision keeps in its {@code state_dict}.
 *
 * @param name torchvision's name in the {@code state_dict}
 * @param channels its length; 0 for the scalar counter {@code num_batches_tracked}
 * @param constant its values, int64; empty where training changes them
 */
public record BufferSpec(String name, int channels, List<Long> constant) {
  public BufferSpec {
    constant = List.copyOf(constant);
  }

  /** Whether it is the int64 counter of batches. */
  public boolean counter() {
    return name.endsWith("num_batches_tracked");
  }

  /** Whether every network of this kind has the same values. */
  public boolean isConstant() {
    return !constant.isEmpty();
  }
}
