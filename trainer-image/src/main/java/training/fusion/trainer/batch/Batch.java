package training.fusion.trainer.batch;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.data.Part;
import training.fusion.trainer.picture.Picture.Box;
import training.fusion.trainer.sample.SampleInput;

/**
 * Samples and labels in direct memory that is used again after {@link #close}: whoever reads it
 * without copying closes it only when the last reader is done.
 */
public final class Batch implements AutoCloseable {
  private static final int BOX = 4 * Long.BYTES;

  private final List<SampleInput> inputs;
  private final List<ByteBuffer> values;
  private final ByteBuffer labels;
  private final @Nullable ByteBuffer erased;
  private final PartImages images;
  private final Consumer<Batch> onClose;
  private int size;

  Batch(int capacity, PartImages images, Consumer<Batch> onClose) {
    this.images = images;
    this.inputs = images.inputs();
    this.values = inputs.stream().map(input -> memory(capacity, input)).toList();
    this.labels = ByteBuffer.allocateDirect(capacity * Long.BYTES).order(ByteOrder.nativeOrder());
    this.erased =
        images.erasing() == null
            ? null
            : ByteBuffer.allocateDirect(capacity * BOX).order(ByteOrder.nativeOrder());
    this.onClose = onClose;
  }

  /**
   * The first samples of a part, as they are; where it has fewer, it begins again.
   *
   * @param count how many
   */
  public static Batch first(Part part, int count) {
    var batch = new Batch(count, new PartImages(part, null, null), done -> {});
    batch.begin(count);
    for (int i = 0; i < count; i++) {
      batch.put(i, i % part.count(), 0);
    }
    return batch;
  }

  private static ByteBuffer memory(int capacity, SampleInput input) {
    long bytes = (long) capacity * input.bytes();
    if (bytes > Integer.MAX_VALUE) {
      throw TrainingFailure.badConfiguration(
          "training.batchSize: %d rows of %s (%s) are %d MiB, and a batch has room for 2,047; lower it"
              .formatted(capacity, input.name(), input.words(), bytes >> 20));
    }
    return ByteBuffer.allocateDirect((int) bytes).order(ByteOrder.nativeOrder());
  }

  /** What it has of each sample. */
  public List<SampleInput> inputs() {
    return inputs;
  }

  /**
   * [size, shape of the input], in the machine's order; direct.
   *
   * @param input its place in {@link #inputs}
   */
  public ByteBuffer values(int input) {
    return values.get(input);
  }

  /** The values of a batch of pictures: [size, height, width, channels], unsigned bytes; direct. */
  public ByteBuffer pixels() {
    return values.get(0);
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

  /** Makes room for {@code count} images. */
  void begin(int count) {
    size = count;
    for (int i = 0; i < inputs.size(); i++) {
      values.get(i).clear().limit(count * inputs.get(i).bytes());
    }
    labels.clear().limit(count * Long.BYTES);
    if (erased != null) {
      erased.clear().limit(count * BOX);
    }
  }

  /** Puts an image in its place; different ones may be put by different threads. */
  void put(int i, int position, long draw) {
    Box box = images.put(position, draw, values, i);
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
