package training.fusion.trainer.weights;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import training.fusion.trainer.safetensors.ElementType;

/** A tensor in a file: what it is is known, its values are read when they are asked for. */
public final class StoredTensor {
  private final TensorView view;
  private final Storage storage;

  /** Gives a storage's bytes. */
  @FunctionalInterface
  interface Storage {
    /** All elements, little-endian, from position to limit. */
    ByteBuffer read() throws IOException, UnreadableWeights;
  }

  StoredTensor(TensorView view, Storage storage) {
    this.view = view;
    this.storage = storage;
  }

  /** Size of each dimension; empty for a scalar. */
  public List<Long> shape() {
    return view.shape();
  }

  /** Type of the elements in the file. */
  public ElementType type() {
    return view.type();
  }

  /**
   * All values, row-major, rounded to fp32 where the file has more.
   *
   * @throws UnreadableWeights if the storage is damaged, or a value is not finite
   */
  float[] floats() throws IOException, UnreadableWeights {
    long count = 1;
    for (long size : view.shape()) {
      count *= size;
    }
    float[] values = new float[Math.toIntExact(count)];
    if (count > 0) {
      fill(values, storage.read());
    }
    for (float value : values) {
      if (!Float.isFinite(value)) {
        throw new UnreadableWeights("it has a value that is not finite: " + value);
      }
    }
    return values;
  }

  private void fill(float[] values, ByteBuffer bytes) {
    int dimensions = view.shape().size();
    int run = dimensions == 0 ? 1 : Math.toIntExact(view.shape().get(dimensions - 1));
    long step = dimensions == 0 ? 0 : view.strides().get(dimensions - 1);
    int[] index = new int[dimensions]; // of the row under way; the last one stays 0
    for (int filled = 0; filled < values.length; filled += run) {
      long element = view.offset();
      for (int d = 0; d < dimensions - 1; d++) {
        element += index[d] * view.strides().get(d);
      }
      for (int i = 0; i < run; i++) {
        values[filled + i] = value(bytes, (int) (element + i * step));
      }
      for (int d = dimensions - 2; d >= 0 && ++index[d] == view.shape().get(d); d--) {
        index[d] = 0;
      }
    }
  }

  private float value(ByteBuffer bytes, int element) {
    int at = bytes.position() + element * view.type().bytes();
    return view.type().number(bytes, at);
  }
}
