package training.fusion.benchmarks.trainer;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import training.fusion.api.Dataset;
import training.fusion.api.Source;
import training.fusion.trainer.data.ImageData;
import training.fusion.trainer.data.Part;

/**
 * The training images of a data set as an epoch takes them: read from wherever they lie, decoded
 * and resized to squares of bytes, by one thread.
 */
final class ImagesTask implements Task {
  private static final Source HERE = new Source(null, null, null, null);

  private final Part train;
  private final ByteBuffer pixels;
  private int[] order = {};
  private int next;
  private int epoch;

  ImagesTask(Dataset.Format format, Path folder, int size) {
    var split = new Dataset.Split(0.1, 0.1, 0L);
    var dataset = new Dataset(format, HERE, split, null, null, null, null, null, null, null, null);
    train = ImageData.read(folder, dataset, size).train();
    pixels = ByteBuffer.allocateDirect(train.source().inputs().get(0).bytes());
  }

  @Override
  public long work() {
    if (next == order.length) {
      order = train.shuffled(1, epoch++);
      next = 0;
    }
    train.source().put(train.image(order[next++]), 0, pixels, 0);
    return 1;
  }

  @Override
  public void close() {}
}
