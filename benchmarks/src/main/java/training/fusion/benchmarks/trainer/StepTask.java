package training.fusion.benchmarks.trainer;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.nio.ByteBuffer;
import java.util.Random;
import training.fusion.trainer.model.Gradients;
import training.fusion.trainer.model.Network;
import training.fusion.trainer.optim.FusionOptimizer;
import training.fusion.trainer.optim.PendingStep;

/**
 * A whole training step: bytes in, normalisation, forward, loss, backward, update. As in the
 * training loop, a step's figures are read when the next one is under way.
 */
final class StepTask implements Task {
  private final Workload workload;
  private final Network network;
  private final FusionOptimizer optimizer;
  private final ByteBuffer pixels;
  private final long[] labels;
  private long step;

  StepTask(Workload workload, Device device) {
    this.workload = workload;
    this.network = workload.network(device);
    this.optimizer = workload.optimizer(network);
    var random = new Random(0);
    byte[] bytes = new byte[workload.batch() * workload.pixels() * workload.pixels() * 3];
    random.nextBytes(bytes);
    this.pixels = ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
    this.labels = random.longs(workload.batch(), 0, 10).toArray();
  }

  @Override
  public long work() {
    int size = workload.pixels();
    try (NDManager scope = network.manager().newSubManager()) {
      NDArray images =
          scope.create(
              pixels.duplicate(), new Shape(workload.batch(), size, size, 3), DataType.UINT8);
      NDArray classes = scope.create(labels, new Shape(workload.batch()));
      step++;
      try (Gradients gradients = network.trainStep(images, classes, 1, step);
          PendingStep pending = optimizer.step(gradients, step)) {
        if (!pending.read().finite()) {
          throw new IllegalStateException("step %d is not finite".formatted(step));
        }
      }
    }
    return workload.batch();
  }

  @Override
  public void close() {
    optimizer.close();
    network.close();
  }
}
