package training.fusion.trainer.weights;

import java.util.List;
import training.fusion.trainer.safetensors.ElementType;

/**
 * What a file says of a tensor: which elements of a storage it consists of.
 *
 * @param storage the storage's name in its file
 * @param elements how many elements the whole storage has
 * @param offset index of the tensor's first element in the storage
 * @param strides distance of neighbours along each dimension, in elements, as PyTorch counts
 * @param differentiated its {@code requires_grad}
 */
public record TensorView(
    String storage,
    ElementType type,
    long elements,
    long offset,
    List<Long> shape,
    List<Long> strides,
    boolean differentiated) {

  /** One whose file does not say whether it is trained. */
  public TensorView(
      String storage,
      ElementType type,
      long elements,
      long offset,
      List<Long> shape,
      List<Long> strides) {
    this(storage, type, elements, offset, shape, strides, false);
  }

  /**
   * A view within its storage.
   *
   * @throws UnreadableWeights if an element would lie outside the storage
   */
  static TensorView checked(
      String storage,
      ElementType type,
      long elements,
      long offset,
      List<Long> shape,
      List<Long> strides,
      boolean differentiated)
      throws UnreadableWeights {
    var view =
        new TensorView(
            storage,
            type,
            elements,
            offset,
            List.copyOf(shape),
            List.copyOf(strides),
            differentiated);
    if (!view.isWithinStorage()) {
      throw new UnreadableWeights(
          "a tensor of shape %s, strides %s and offset %d does not lie within its storage %s of %d elements"
              .formatted(shape, strides, offset, storage, elements));
    }
    return view;
  }

  private boolean isWithinStorage() {
    if (shape.size() != strides.size()
        || offset < 0
        || elements < 0
        || elements > Integer.MAX_VALUE) {
      return false;
    }
    try {
      long last = offset;
      long count = 1;
      for (int d = 0; d < shape.size(); d++) {
        if (shape.get(d) < 0 || strides.get(d) < 0) {
          return false;
        }
        count = Math.multiplyExact(count, shape.get(d));
        last = Math.addExact(last, Math.multiplyExact(shape.get(d) - 1, strides.get(d)));
      }
      return count == 0 || last < elements;
    } catch (ArithmeticException e) {
      return false;
    }
  }

  /** The strides of a row-major tensor without gaps. */
  public static List<Long> rowMajor(List<Long> shape) {
    var strides = new Long[shape.size()];
    long stride = 1;
    for (int d = strides.length - 1; d >= 0; d--) {
      strides[d] = stride;
      stride *= Math.max(1, shape.get(d));
    }
    return List.of(strides);
  }
}
