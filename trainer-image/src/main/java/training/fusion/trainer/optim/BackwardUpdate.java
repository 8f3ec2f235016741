package training.fusion.trainer.optim;

import static java.util.Objects.requireNonNull;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import java.util.List;
import org.jspecify.annotations.Nullable;
import training.fusion.trainer.model.Gradients;
import training.fusion.trainer.model.SegmentListener;

/**
 * A step that updates each segment when its gradients are there, after which they are freed. From
 * the first that is not finite on nothing is updated.
 */
public final class BackwardUpdate implements SegmentListener, AutoCloseable {
  private final FusionOptimizer optimizer;
  private final long step;
  private final double[] peakShares;
  private final NDManager manager;
  private final PtNDArray[] norms;
  private @Nullable PtNDArray finite;

  BackwardUpdate(FusionOptimizer optimizer, long step, NDManager manager) {
    this.optimizer = optimizer;
    this.step = step;
    this.peakShares = optimizer.peakShares(step);
    this.manager = manager;
    this.norms = new PtNDArray[optimizer.segments()];
  }

  @Override
  public void begins(int segment) {} // it was updated in the step before

  @Override
  public void lost(NDArray loss) {
    finite = optimizer.isFinite(loss, manager);
  }

  @Override
  public void differentiated(int segment, List<NDArray> gradients) {
    PtNDArray[] arrays = GroupState.array(gradients);
    PtNDArray[] measured = optimizer.measure(segment, requireNonNull(finite), arrays, manager);
    finite = measured[0];
    norms[segment] = measured[1];
    optimizer.update(segment, arrays, finite, peakShares, step);
  }

  /** What the step came to; its loss and correct are not closed yet. */
  public PendingStep conclude(Gradients figures) {
    return optimizer.conclude(figures, norms, peakShares);
  }

  @Override
  public void close() {
    manager.close();
  }
}
