package training.fusion.trainer.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A forward and backward pass, segment by segment: the same operations in the same order as in one,
 * so the same bits. What a segment kept for its backward pass is freed with it.
 */
final class SegmentedPass implements AutoCloseable {
  /** Of a segment: what it came to, and what that is differentiated by. */
  private record Recorded(NDArray output, NDList leaves) implements AutoCloseable {
    @Override
    public void close() {
      output.getManager().close();
    }
  }

  private final Network network;
  private final Deque<Recorded> recorded = new ArrayDeque<>();
  private final Gradients figures;
  private @Nullable NDArray above;

  private SegmentedPass(Network network, Gradients figures) {
    this.network = network;
    this.figures = figures;
  }

  /**
   * The forward pass.
   *
   * @param begins hears of each segment before its parameters are read
   */
  static SegmentedPass forward(
      Network network, NDList images, NDArray labels, InputDraws draws, IntConsumer begins) {
    int last = network.segments().size() - 1;
    Deque<Recorded> recorded = new ArrayDeque<>();
    @Nullable NDArray value = null;
    NDList out = new NDList();
    for (int i = 0; i <= last; i++) {
      begins.accept(i);
      out = network.call("predict_" + i, images, labels, draws, value);
      value = out.get(0);
      recorded.push(new Recorded(value, new NDList(out.subList(i == last ? 3 : 1, out.size()))));
    }
    NDManager scope = network.manager().newSubManager();
    NDArray loss = ((PtNDArray) out.get(0)).stopGradient();
    NDArray correct = out.get(1);
    NDArray logits = out.get(2);
    List.of(loss, correct, logits).forEach(array -> array.attach(scope));
    var pass = new SegmentedPass(network, new Gradients(loss, correct, logits, List.of(), loss));
    pass.recorded.addAll(recorded);
    return pass;
  }

  /** Loss, correct and logits; without gradients. They are not closed with the pass. */
  Gradients figures() {
    return figures;
  }

  /**
   * Gradients of the next segment, from the last to the first, with a manager of their own; none if
   * it is frozen.
   */
  NDList backward() {
    int segment = recorded.size() - 1;
    try (Recorded next = recorded.pop();
        NDArray from = above) {
      NDList inputs = new NDList(next.output());
      if (from != null) {
        inputs.add(from);
      }
      NDList gradients = network.call("differentiate_" + segment, inputs, next.leaves());
      NDManager own = gradients.get(0).getManager();
      above = segment == 0 ? null : gradients.remove(gradients.size() - 1);
      if (above != null) {
        above.attach(network.manager());
      }
      if (gradients.isEmpty()) {
        own.close();
      }
      return gradients;
    }
  }

  @Override
  public void close() {
    recorded.forEach(Recorded::close);
    if (above != null) {
      above.close();
    }
  }
}
