package training.fusion.trainer.safetensors;

import java.util.List;

/**
 * What a tensor is, without its values.
 *
 * @param shape size of each dimension; empty for a scalar
 */
public record TensorHeader(String name, ElementType type, List<Long> shape) {
  public TensorHeader {
    shape = List.copyOf(shape);
  }

  /**
   * Bytes of all values.
   *
   * @throws ArithmeticException above 2^63 − 1
   */
  public long bytes() {
    long bytes = type.bytes();
    for (long size : shape) {
      bytes = Math.multiplyExact(bytes, size);
    }
    return bytes;
  }
}
