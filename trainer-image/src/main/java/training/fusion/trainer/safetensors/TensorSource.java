package training.fusion.trainer.safetensors;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A tensor to be written.
 *
 * @param values gives the values when they are wanted, so that not all tensors are in memory twice
 */
public record TensorSource(TensorHeader header, Values values) {

  /** Gives a tensor's values. */
  @FunctionalInterface
  public interface Values {
    /** The values from position to limit, row-major, little-endian. */
    ByteBuffer read() throws IOException;
  }
}
