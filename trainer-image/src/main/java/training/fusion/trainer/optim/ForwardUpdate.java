package training.fusion.trainer.optim;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import training.fusion.trainer.model.Gradients;
import training.fusion.trainer.model.SegmentListener;

/**
 * Updates each segment when the next step is about to read its parameters. Who else reads
 * parameters or state says so before.
 */
public final class ForwardUpdate implements SegmentListener, AutoCloseable {
  /** Gradients of a segment, with a manager of their own. */
  private static final class Kept {
    private final NDManager manager;
    private final PtNDArray[] gradients;

    private Kept(NDManager manager, PtNDArray[] gradients) {
      this.manager = manager;
      this.gradients = gradients;
    }
  }

  /** A step whose updates are to be done yet, but for those segments that have no gradients. */
  private static final class Due {
    private final Map<Integer, Kept> kept;
    private final PtNDArray measured;
    private final double[] peakShares;
    private final long step;

    private Due(Map<Integer, Kept> kept, PtNDArray measured, double[] peakShares, long step) {
      this.kept = kept;
      this.measured = measured;
      this.peakShares = peakShares;
      this.step = step;
    }
  }

  private final FusionOptimizer optimizer;
  private final NDManager parent;
  private Map<Integer, Kept> kept = new HashMap<>();
  private @Nullable Due due;

  ForwardUpdate(FusionOptimizer optimizer, NDManager parent) {
    this.optimizer = optimizer;
    this.parent = parent;
  }

  @Override
  public void begins(int segment) {
    Kept ready = due == null ? null : due.kept.remove(segment);
    if (due != null && ready != null) {
      optimizer.update(segment, ready.gradients, due.measured, due.peakShares, due.step);
      ready.manager.close();
    }
  }

  /** Updates what was not updated yet. */
  public void complete() {
    if (due != null) {
      for (int segment = 0; segment < optimizer.segments(); segment++) {
        begins(segment);
      }
      due.measured.close();
      due = null;
    }
  }

  @Override
  public void lost(NDArray loss) {
    complete(); // all were used; what is left is to free the figures
  }

  @Override
  public void differentiated(int segment, List<NDArray> gradients) {
    NDManager manager = parent.newSubManager();
    gradients.forEach(gradient -> gradient.attach(manager));
    kept.put(segment, new Kept(manager, GroupState.array(gradients)));
  }

  /** What the step came to; its loss and correct are not closed yet. */
  public PendingStep conclude(Gradients figures, long step) {
    double[] peakShares = optimizer.peakShares(step);
    PtNDArray[][] gradients = new PtNDArray[optimizer.segments()][];
    kept.forEach((segment, some) -> gradients[segment] = some.gradients);
    PtNDArray measured = optimizer.measure(figures, gradients);
    due = new Due(kept, measured, peakShares, step);
    kept = new HashMap<>();
    return optimizer.pending(measured, peakShares);
  }

  @Override
  public void close() {
    parent.close();
  }
}
