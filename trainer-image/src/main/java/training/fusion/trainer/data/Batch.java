package training.fusion.trainer.data;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import training.fusion.trainer.picture.Picture.Box;

/**
 * Images and labels in direct memory that is used again after {@link #close}: whoever reads it
 * without copying closes it only when the last reader is done.
 */
public final class Batch implements AutoCloseable {
  private static final int BOX = 4 * Long.BYTES;

  private final ByteBuffer pixels;
  private final ByteBuffer labels;
  private final @Nullable ByteBuffer erased;
  private final PartImages images;
  private final Consumer<Batch> onClose;
  private int size;

  Batch(int capacity, PartImages images, Consumer<Batch> onClose) {
    this.images = images;
    this.pixels = ByteBuffer.allocateDirect(Math.multiplyExact(capacity, images.imageBytes()));
    this.labels = ByteBuffer.allocateDirect(capacity * Long.BYTES).order(ByteOrder.nativeOrder());
    this.erased =
        images.erasing() == null
            ? null
            : ByteBuffer.allocateDirect(capacity * BOX).order(ByteOrder.nativeOrder());
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

  /**
   * [size, 4], 64-bit numbers in the machine's order; direct: first row and column of the box that
   * is erased of each network's input, and those after the last. Null: nothing is.
   */
  public @Nullable ByteBuffer erased() {
    return erased;
  }

  /** Images in it. */
  public int size() {
    return size;
  }

  /** Class of its image number {@code i}. */
  public int label(int i) {
    return (int) labels.getLong(i * Long.BYTES);
  }

  /** Height of each image in pixels. */
  public int height() {
    return images.height();
  }

  /** Width of each image in pixels. */
  public int width() {
    return images.width();
  }

  /** Channels of each image. */
  public int channels() {
    return images.channels();
  }

  /** Makes room for {@code count} images. */
  void begin(int count) {
    size = count;
    pixels.clear().limit(count * images.imageBytes());
    labels.clear().limit(count * Long.BYTES);
    if (erased != null) {
      erased.clear().limit(count * BOX);
    }
  }

  /** Puts an image in its place; different ones may be put by different threads. */
  void put(int i, int position, long draw) {
    Box box = images.put(position, draw, pixels, i * images.imageBytes());
    if (erased != null) {
      erased
          .putLong(i * BOX, box.top())
          .putLong(i * BOX + Long.BYTES, box.left())
          .putLong(i * BOX + 2 * Long.BYTES, box.top() + box.height())
          .putLong(i * BOX + 3 * Long.BYTES, box.left() + box.width());
    }
    labels.putLong(i * Long.BYTES, images.label(position));
  }

  @Override
  public void close() {
    onClose.accept(this);
  }
}
