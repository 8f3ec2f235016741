package training.fusion.trainer.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.IValueUtils;
import java.util.ArrayList;
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
      try (IValue sum = summands(part);
          IValue factor = IValue.from(weight);
          IValue none = IValueUtils.runMethod(program, "scale", sum, factor)) {
        assert none != null;
      }
      logits.add(part.logits());
      return;
    }
    try (part;
        IValue sum = summands(first);
        IValue more = summands(part);
        IValue factor = IValue.from(weight);
        IValue none = IValueUtils.runMethod(program, "accumulate", sum, more, factor)) {
      assert none != null;
      part.correct().attach(first.owner().getManager());
      correct = Objects.requireNonNull(correct).add(part.correct());
      part.logits().attach(first.owner().getManager());
      logits.add(part.logits());
    }
  }

  private static IValue summands(Gradients part) {
    List<NDArray> arrays = new ArrayList<>(part.gradients());
    arrays.add(part.loss());
    return IValue.listFrom(Network.toArray(arrays));
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
