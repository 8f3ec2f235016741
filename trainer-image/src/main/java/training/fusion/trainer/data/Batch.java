package training.fusion.trainer.data;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.Consumer;

/**
 * Images and labels in direct memory that is used again after {@link #close}: whoever reads it
 * without copying closes it only when the last reader is done.
 */
public final class Batch implements AutoCloseable {
  private final ByteBuffer pixels;
  private final ByteBuffer labels;
  private final Consumer<Batch> onClose;
  private int size;

  Batch(int capacity, int imageBytes, Consumer<Batch> onClose) {
    this.pixels = ByteBuffer.allocateDirect(Math.multiplyExact(capacity, imageBytes));
    this.labels = ByteBuffer.allocateDirect(capacity * Long.BYTES).order(ByteOrder.nativeOrder());
    this.onClose = onClose;
  }

  /** [size, height, width, channels], unsigned bytes; direct. */
  public ByteBuffer pixels() {
    return pixels;
  }

  /** [size], 64-bit numbers in the machine's order; direct. */
  public ByteBuffer labels() {
    return labels;
  }

  /** Images in it. */
  public int size() {
    return size;
  }

  /** Class of its image number {@code i}. */
  public int label(int i) {
    return (int) labels.getLong(i * Long.BYTES);
  }

  Batch fill(Part part, int[] order, int from, int count) {
    pixels.clear();
    labels.clear();
    for (int i = from; i < from + count; i++) {
      int image = part.image(order[i]);
      part.source().put(image, pixels);
      labels.putLong(part.source().label(image));
    }
    pixels.flip();
    labels.flip();
    size = count;
    return this;
  }

  @Override
  public void close() {
    onClose.accept(this);
  }
}
