package training.fusion.benchmarks.trainer;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import training.fusion.api.Training.UpdateOrder;
import training.fusion.trainer.model.InputDraws;
import training.fusion.trainer.model.MicroBatch;
import training.fusion.trainer.optim.PendingStep;
import training.fusion.trainer.optim.TrainingStep;

/**
 * A whole training step: bytes in, normalisation, forward, loss, backward, update. As in the
 * training loop, a step's figures are read when the next one is under way.
 */
final class StepTask implements Task {
  private final Workload workload;
  private final TrainingStep training;
  private final List<MicroBatch> whole;
  private final ByteBuffer pixels;
  private final long[] labels;
  private long step;

  StepTask(Workload workload, Device device, UpdateOrder order) {
    this.workload = workload;
    this.training = workload.training(device, order);
    this.whole = List.of(new MicroBatch(workload.batch(), 1));
    var random = new Random(0);
    byte[] bytes = new byte[workload.batch() * workload.pixels() * workload.pixels() * 3];
    random.nextBytes(bytes);
    this.pixels = ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
    this.labels = random.longs(workload.batch(), 0, 10).toArray();
  }

  @Override
  public long work() {
    int size = workload.pixels();
    try (NDManager scope = training.network().manager().newSubManager()) {
      NDArray images =
          scope.create(
              pixels.duplicate(), new Shape(workload.batch(), size, size, 3), DataType.UINT8);
      NDArray classes = scope.create(labels, new Shape(workload.batch()));
      step++;
      try (PendingStep pending = training.step(images, classes, InputDraws.NONE, whole, 1, step)) {
        if (!pending.read().finite()) {
          throw new IllegalStateException("step %d is not finite".formatted(step));
        }
      }
    }
    return workload.batch();
  }

  @Override
  public void close() {
    training.close();
  }
}
