package training.fusion.trainer.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.IValueUtils;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Adds up the losses and gradients of micro-batches in the memory of the first one's. */
final class GradientSum {
  /** Multiplies and adds in place; the first call has no {@code part}. */
  static final String ACCUMULATE =
      """
        def scale(self: __torch__.Program, sum: List[Tensor], weight: float) -> None:
          torch._foreach_mul_(sum, weight)
          return None
        def accumulate(self: __torch__.Program, sum: List[Tensor], part: List[Tensor], weight: float) -> None:
          torch._foreach_add_(sum, part, alpha=weight)
          return None
      """;

  private final PtSymbolBlock program;
  private final NDList logits = new NDList();
  private @Nullable Gradients first;
  private @Nullable NDArray correct;

  GradientSum(PtSymbolBlock program) {
    this.program = program;
  }

  /**
   * Adds a micro-batch and closes it, unless it is the first.
   *
   * @param weight its share of the batch; losses are means
   */
  void add(Gradients part, double weight) {
    if (first == null) {
      first = part;
      correct = part.correct();
      logits.add(part.logits());
      scale(part.gradients(), weight);
      scale(List.of(part.loss()), weight);
      return;
    }
    add(0, part.gradients(), weight);
    addFigures(part, weight);
  }

  /** Adds what a micro-batch has beside gradients, and closes it. */
  void addFigures(Gradients part, double weight) {
    try (part) {
      Gradients sum = Objects.requireNonNull(first);
      accumulate(List.of(sum.loss()), List.of(part.loss()), weight);
      part.correct().attach(sum.owner().getManager());
      correct = Objects.requireNonNull(correct).add(part.correct());
      part.logits().attach(sum.owner().getManager());
      logits.add(part.logits());
    }
  }

  /**
   * Adds some of a micro-batch's gradients.
   *
   * @param from index of the first one of them
   * @return the sums of these
   */
  NDList add(int from, List<NDArray> part, double weight) {
    var sums =
        new NDList(Objects.requireNonNull(first).gradients().subList(from, from + part.size()));
    accumulate(sums, part, weight);
    return sums;
  }

  private void scale(List<NDArray> sum, double weight) {
    try (IValue a = IValue.listFrom(Network.toArray(sum));
        IValue factor = IValue.from(weight);
        IValue none = IValueUtils.runMethod(program, "scale", a, factor)) {
      assert none != null;
    }
  }

  private void accumulate(List<NDArray> sum, List<NDArray> part, double weight) {
    try (IValue a = IValue.listFrom(Network.toArray(sum));
        IValue b = IValue.listFrom(Network.toArray(part));
        IValue factor = IValue.from(weight);
        IValue none = IValueUtils.runMethod(program, "accumulate", a, b, factor)) {
      assert none != null;
    }
  }

  /** The batch's, as far as it was added. */
  NDArray loss() {
    return Objects.requireNonNull(first).loss();
  }

  /** The batch's. */
  Gradients total() {
    Gradients sum = Objects.requireNonNull(first, "a batch has images");
    return new Gradients(
        sum.loss(),
        Objects.requireNonNull(correct),
        NDArrays.concat(logits),
        sum.gradients(),
        sum.owner());
  }
}
