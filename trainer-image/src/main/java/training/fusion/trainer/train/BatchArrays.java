package training.fusion.trainer.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import training.fusion.trainer.data.Batch;

/** A batch as a network takes it. */
final class BatchArrays {
  private BatchArrays() {}

  /** [images, height, width] or [images, height, width, 3], unsigned bytes. */
  static NDArray images(Batch batch, NDManager scope) {
    var shape =
        batch.channels() == 1
            ? new Shape(batch.size(), batch.height(), batch.width())
            : new Shape(batch.size(), batch.height(), batch.width(), batch.channels());
    return scope.create(batch.pixels(), shape, DataType.UINT8);
  }

  /** [images], int64. */
  static NDArray labels(Batch batch, NDManager scope) {
    return scope.create(batch.labels(), new Shape(batch.size()), DataType.INT64);
  }
}
