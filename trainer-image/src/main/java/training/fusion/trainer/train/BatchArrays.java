package training.fusion.trainer.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import training.fusion.trainer.data.Batch;
import training.fusion.trainer.model.NetworkSettings;

/** A batch as a network takes it. */
final class BatchArrays {
  private BatchArrays() {}

  /** [images, height, width] or [images, height, width, 3], unsigned bytes. */
  static NDArray images(Batch batch, NetworkSettings.Pictures pictures, NDManager scope) {
    var shape =
        pictures.channels() == 1
            ? new Shape(batch.size(), pictures.height(), pictures.width())
            : new Shape(batch.size(), pictures.height(), pictures.width(), pictures.channels());
    return scope.create(batch.pixels(), shape, DataType.UINT8);
  }

  /** [images], int64. */
  static NDArray labels(Batch batch, NDManager scope) {
    return scope.create(batch.labels(), new Shape(batch.size()), DataType.INT64);
  }
}
