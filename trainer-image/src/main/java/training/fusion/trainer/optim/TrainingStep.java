package training.fusion.trainer.optim;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import training.fusion.api.Training.UpdateOrder;
import training.fusion.trainer.model.Gradients;
import training.fusion.trainer.model.InputDraws;
import training.fusion.trainer.model.Libtorch;
import training.fusion.trainer.model.MicroBatch;
import training.fusion.trainer.model.Network;
import training.fusion.trainer.model.NetworkSettings;
import training.fusion.trainer.model.PassListener;
import training.fusion.trainer.model.SegmentListener;
import training.fusion.trainer.model.TrainableBlocks;

/**
 * A network and its optimizer. A step's weights are the same in every order; only with {@link
 * UpdateOrder#DURING_FORWARD} they come with the next step, or with {@link #complete}.
 */
public final class TrainingStep implements AutoCloseable {
  private final Network network;
  private final FusionOptimizer optimizer;
  private final UpdateOrder order;
  private final @Nullable ForwardUpdate forwardUpdate;
  private final @Nullable SharpnessAware sharpness;
  private @Nullable PassListener told;

  private TrainingStep(
      Network network, FusionOptimizer optimizer, UpdateOrder order, @Nullable Double rho) {
    this.network = network;
    this.optimizer = optimizer;
    this.order = order;
    this.sharpness = rho == null ? null : new SharpnessAware(network, rho);
    this.forwardUpdate = order == UpdateOrder.DURING_FORWARD ? optimizer.duringForward() : null;
  }

  /**
   * A network with initial weights drawn from {@code seed}, and its optimizer; both are closed with
   * what is returned.
   *
   * @throws IllegalArgumentException if the optimizer, or what is moved before it, looks at all
   *     gradients together, and the order does not let it
   */
  public static TrainingStep create(
      Device device,
      NetworkSettings network,
      OptimizerSettings optimizer,
      List<ParameterGroup> groups,
      UpdateOrder order,
      long seed) {
    if (optimizer.rho() != null && order != UpdateOrder.AFTER_BACKWARD) {
      throw new IllegalArgumentException(
          "training.updateOrder: training.sharpnessAware first moves all weights by all gradients; choose AfterBackward, or remove sharpnessAware");
    }
    List<TrainableBlocks> segments =
        ParameterGroup.segments(
            groups,
            order,
            optimizer.maxGradNorm(),
            optimizer.strategy().learningRateDecay() != null);
    if (order == UpdateOrder.DURING_BACKWARD) {
      Libtorch.returnLarge();
    }
    return of(
        Network.create(
            device,
            network,
            ParameterGroup.trainable(groups),
            ParameterGroup.frozenBlocks(groups),
            segments,
            seed),
        optimizer,
        order);
  }

  /** Of a network that was made with the segments of that order; closes it if that fails. */
  static TrainingStep of(Network network, OptimizerSettings settings, UpdateOrder order) {
    try {
      return new TrainingStep(
          network, FusionOptimizer.create(network, settings), order, settings.rho());
    } catch (RuntimeException e) {
      network.close();
      throw e;
    }
  }

  /**
   * Tells the device to do a step.
   *
   * @param images as {@link Network#trainStep} takes them; so are the others
   * @param step from 1, counted over the whole run
   */
  public PendingStep step(
      NDArray images,
      NDArray labels,
      InputDraws draws,
      List<MicroBatch> microBatches,
      long seed,
      long step) {
    return step(new NDList(images), labels, draws, microBatches, seed, step);
  }

  /** The same of pictures, or of the tensors of a network that takes tensors. */
  public PendingStep step(
      NDList images,
      NDArray labels,
      InputDraws draws,
      List<MicroBatch> microBatches,
      long seed,
      long step) {
    if (order == UpdateOrder.AFTER_BACKWARD) {
      try (Gradients pass = network.trainStep(images, labels, draws, microBatches, seed, step)) {
        tellOfUpdate();
        if (sharpness == null) {
          return optimizer.step(pass, step);
        }
        sharpness.climb(pass.gradients());
        // the same seed and step: both passes draw the same
        try (Gradients above = network.trainStep(images, labels, draws, microBatches, seed, step)) {
          tellOfUpdate();
          sharpness.comeBack();
          return optimizer.step(pass.with(above.gradients()), step);
        }
      }
    }
    if (forwardUpdate != null) {
      try (Gradients figures =
          network.trainStep(
              images, labels, draws, microBatches, seed, step, telling(forwardUpdate))) {
        return forwardUpdate.conclude(figures, step);
      }
    }
    try (BackwardUpdate update = optimizer.duringBackward(step);
        Gradients figures =
            network.trainStep(images, labels, draws, microBatches, seed, step, telling(update))) {
      return update.conclude(figures);
    }
  }

  private void tellOfUpdate() {
    if (told != null) {
      told.updateBegins();
    }
  }

  private SegmentListener telling(SegmentListener listener) {
    return told == null ? listener : new Telling(listener, told);
  }

  /** Updates what the next step would update: who reads weights or state wants it now. */
  public void complete() {
    if (forwardUpdate != null) {
      forwardUpdate.complete();
    }
  }

  /** Has a step tell the norms of the parameters as it leaves them, before the next one begins. */
  public void weigh(PendingStep step) {
    complete();
    step.weighed(optimizer.weightNorms());
  }

  /** From now on tells what a step is at. */
  public void listen(PassListener listener) {
    told = listener;
    network.listen(listener);
  }

  /** The network. */
  public Network network() {
    return network;
  }

  /** Its optimizer. */
  public FusionOptimizer optimizer() {
    return optimizer;
  }

  @Override
  public void close() {
    if (forwardUpdate != null) {
      forwardUpdate.close();
    }
    if (sharpness != null) {
      sharpness.close();
    }
    optimizer.close();
    network.close();
  }

  /** Tells of the updates of a listener, too. */
  private record Telling(SegmentListener listener, PassListener told) implements SegmentListener {
    @Override
    public void begins(int segment) {
      told.updateBegins();
      listener.begins(segment);
      told.forwardBegins();
    }

    @Override
    public void lost(NDArray loss) {
      listener.lost(loss);
    }

    @Override
    public void differentiated(int segment, List<NDArray> gradients) {
      told.updateBegins();
      listener.differentiated(segment, gradients);
      told.backwardBegins();
    }
  }
}
