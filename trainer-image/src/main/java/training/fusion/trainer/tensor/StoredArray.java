package training.fusion.trainer.tensor;

import java.nio.file.Path;
import java.util.List;
import training.fusion.trainer.safetensors.TensorHeader;

/**
 * An array whose values lie row-major and little-endian in a file.
 *
 * @param header name, type and shape
 * @param begin offset of its first value
 */
public record StoredArray(Path file, TensorHeader header, long begin) {
  /** Size of the first dimension. */
  public long rows() {
    return header.shape().get(0);
  }

  /** Sizes of the others. */
  public List<Long> rowShape() {
    return header.shape().subList(1, header.shape().size());
  }

  /** Where it is, for messages. */
  public String place() {
    return "%s, %s".formatted(file, header.name());
  }
}
