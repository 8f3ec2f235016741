package training.fusion.benchmarks.trainer;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import java.util.ArrayList;
import java.util.List;
import training.fusion.trainer.model.Gradients;
import training.fusion.trainer.model.Network;
import training.fusion.trainer.optim.FusionOptimizer;
import training.fusion.trainer.optim.PendingStep;

/** The update alone, from gradients that stay the same; norms and the check for finiteness too. */
final class OptimizerTask implements Task {
  private final Network network;
  private final FusionOptimizer optimizer;
  private final Gradients gradients;
  private long step;

  OptimizerTask(Workload workload, Device device) {
    network = workload.network(device);
    optimizer = workload.optimizer(network);
    List<NDArray> likeParameters = new ArrayList<>();
    for (NDArray parameter : network.trainableParameters()) {
      likeParameters.add(parameter.mul(1e-3f)); // in the parameters' memory format
    }
    NDArray loss = network.manager().create(1f);
    gradients = new Gradients(loss, network.manager().create(0L), loss, likeParameters, loss);
  }

  @Override
  public long work() {
    try (PendingStep pending = optimizer.step(gradients, ++step)) {
      if (!pending.read().finite()) {
        throw new IllegalStateException("step %d is not finite".formatted(step));
      }
    }
    return 1;
  }

  @Override
  public void close() {
    optimizer.close();
    network.close();
  }
}
