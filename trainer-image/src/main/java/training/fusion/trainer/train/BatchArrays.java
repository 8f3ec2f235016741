package training.fusion.trainer.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import org.jspecify.annotations.Nullable;
import training.fusion.trainer.augmentation.Mixing;
import training.fusion.trainer.data.Batch;
import training.fusion.trainer.picture.Picture.Box;

/** A batch as a network takes it. */
final class BatchArrays {
  private BatchArrays() {}

  /** [images, height, width] or [images, height, width, 3], unsigned bytes. */
  static NDArray images(Batch batch, NDManager scope) {
    Shape shape = shape(batch.size(), batch.height(), batch.width(), batch.channels());
    return scope.create(batch.pixels(), shape, DataType.UINT8);
  }

  /** Of so many images. */
  static Shape shape(int images, int height, int width, int channels) {
    return channels == 1
        ? new Shape(images, height, width)
        : new Shape(images, height, width, channels);
  }

  /** [images, 4], int64, as {@link InputDraws}; null: nothing is erased. */
  static @Nullable NDArray erased(Batch batch, NDManager scope) {
    return batch.erased() == null
        ? null
        : scope.create(batch.erased(), new Shape(batch.size(), 4), DataType.INT64);
  }

  /** [8], fp32, as {@link InputDraws}. */
  static NDArray mixed(Mixing.Draw draw, NDManager scope) {
    Box box = draw.box();
    return scope.create(
        new float[] {
          (float) draw.pixels(),
          (float) (1 - draw.pixels()),
          box.top(),
          box.left(),
          box.top() + box.height(),
          box.left() + box.width(),
          (float) draw.labels(),
          (float) (1 - draw.labels())
        });
  }

  /** [images], int64. */
  static NDArray labels(Batch batch, NDManager scope) {
    return scope.create(batch.labels(), new Shape(batch.size()), DataType.INT64);
  }
}
