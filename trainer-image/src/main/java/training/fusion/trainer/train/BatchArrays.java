package training.fusion.trainer.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import training.fusion.trainer.augmentation.Mixing;
import training.fusion.trainer.batch.Batch;
import training.fusion.trainer.picture.Picture.Box;
import training.fusion.trainer.sample.SampleInput;

/** A batch as a network takes it. */
final class BatchArrays {
  private BatchArrays() {}

  /** The samples, [size, …] each: pictures as unsigned bytes, or what a set of tensors has. */
  static NDList inputs(Batch batch, NDManager scope) {
    NDList arrays = new NDList();
    for (int i = 0; i < batch.inputs().size(); i++) {
      SampleInput input = batch.inputs().get(i);
      arrays.add(scope.create(batch.values(i), shape(batch.size(), input), type(input)));
    }
    return arrays;
  }

  /** So many samples without content. */
  static NDList zeros(List<SampleInput> inputs, int count, NDManager scope) {
    return inputs.stream()
        .map(input -> scope.zeros(shape(count, input), type(input)))
        .collect(Collectors.toCollection(NDList::new));
  }

  private static Shape shape(int count, SampleInput input) {
    var shape = new Shape(count);
    for (long size : input.shape()) {
      shape = shape.add(size);
    }
    return shape;
  }

  private static DataType type(SampleInput input) {
    return TensorFiles.dataType(input.type());
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
