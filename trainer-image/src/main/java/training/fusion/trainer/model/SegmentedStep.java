package training.fusion.trainer.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/** A step that is followed segment by segment, in as many passes as the batch is cut into. */
final class SegmentedStep {
  private final Network network;
  private final PtSymbolBlock program;
  private final SegmentListener listener;
  private final @Nullable PassListener told;

  SegmentedStep(Network network, PtSymbolBlock program, SegmentListener listener) {
    this.network = network;
    this.program = program;
    this.listener = listener;
    this.told = network.listener();
  }

  /** Loss, correct and logits; the gradients are the listener's. */
  Gradients run(NDList images, NDArray labels, InputDraws draws, List<MicroBatch> microBatches) {
    int last = microBatches.size() - 1;
    if (last == 0) {
      return only(images, labels, draws);
    }
    var sum = new GradientSum(program);
    int from = 0;
    for (int i = 0; i <= last; i++) {
      MicroBatch part = microBatches.get(i);
      try (var some = SomeImages.of(images, labels, draws, from, part.images())) {
        if (i < last) {
          sum.add(collected(some, i == 0), part.share());
        } else {
          last(some, sum, part.share());
        }
      }
      from += part.images();
    }
    Gradients total = sum.total();
    return new Gradients(total.loss(), total.correct(), total.logits(), List.of(), total.owner());
  }

  private Gradients only(NDList images, NDArray labels, InputDraws draws) {
    try (SegmentedPass pass = forward(images, labels, draws, true)) {
      listener.lost(pass.figures().loss());
      for (int i = network.segments().size() - 1; i >= 0; i--) {
        tell(i, backward(pass));
      }
      return pass.figures();
    }
  }

  /** A pass whose gradients wait for those of others. */
  private Gradients collected(SomeImages some, boolean first) {
    try (SegmentedPass pass = forward(some.images(), some.labels(), some.draws(), first)) {
      Gradients figures = pass.figures();
      List<NDArray> gradients = new ArrayList<>();
      for (int i = network.segments().size() - 1; i >= 0; i--) {
        NDList more = backward(pass);
        if (!more.isEmpty()) {
          gradients.addAll(0, more);
          NDManager own = more.get(0).getManager();
          more.attach(figures.owner().getManager());
          own.close();
        }
      }
      return new Gradients(
          figures.loss(), figures.correct(), figures.logits(), gradients, figures.owner());
    }
  }

  /** The pass with which each segment's gradients are complete. */
  private void last(SomeImages some, GradientSum sum, double share) {
    try (SegmentedPass pass = forward(some.images(), some.labels(), some.draws(), false)) {
      sum.addFigures(pass.figures(), share);
      listener.lost(sum.loss());
      for (int i = network.segments().size() - 1; i >= 0; i--) {
        NDList part = backward(pass);
        if (part.isEmpty()) {
          tell(i, part);
          continue;
        }
        NDList whole = sum.add(network.segments().get(i).gradientsBefore(), part, share);
        part.get(0).getManager().close();
        whole.attach(network.manager().newSubManager());
        tell(i, whole);
      }
    }
  }

  private SegmentedPass forward(NDList images, NDArray labels, InputDraws draws, boolean first) {
    if (told != null) {
      told.forwardBegins();
    }
    IntConsumer begins =
        segment -> {
          if (first) {
            listener.begins(segment);
            network.refresh(segment);
          }
        };
    return SegmentedPass.forward(network, images, labels, draws, begins);
  }

  private NDList backward(SegmentedPass pass) {
    if (told != null) {
      told.backwardBegins();
    }
    return pass.backward();
  }

  private void tell(int segment, NDList gradients) {
    NDManager own = gradients.isEmpty() ? null : gradients.get(0).getManager();
    try (own) {
      listener.differentiated(segment, List.copyOf(gradients));
    }
  }
}
