package training.fusion.benchmarks.gpu;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import training.fusion.api.Training.Precision;
import training.fusion.api.Training.UpdateOrder;
import training.fusion.benchmarks.trainer.Workload;
import training.fusion.trainer.model.ArchitectureTable;
import training.fusion.trainer.model.InputDraws;
import training.fusion.trainer.model.MicroBatch;
import training.fusion.trainer.model.Network;
import training.fusion.trainer.model.architecture.BufferSpec;
import training.fusion.trainer.model.architecture.ParameterSpec;
import training.fusion.trainer.optim.PendingStep;
import training.fusion.trainer.optim.StepOutcome;
import training.fusion.trainer.optim.TrainingStep;

/**
 * What the trainer itself makes of a carried network, on this machine's CPU.
 *
 * @param evaluated summed loss of the batch in evaluation mode, before the first step
 * @param losses of two steps
 * @param gradientNorms of each group, in the first step
 */
record JavaFigures(double evaluated, List<Double> losses, List<Double> gradientNorms) {
  private static final int STEPS = 2;

  static JavaFigures of(CarriedNetwork carried, Precision precision, Device device) {
    Workload workload = carried.workload(precision);
    int size = workload.pixels();
    int images = workload.batch();
    try (TrainingStep training = workload.training(device, UpdateOrder.AFTER_BACKWARD);
        NDManager scope = training.network().manager().newSubManager()) {
      fill(training.network(), carried);
      byte[] bytes = HashedValues.pictures(images * size * size * 3);
      ByteBuffer direct = ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
      NDArray pictures = scope.create(direct, new Shape(images, size, size, 3), DataType.UINT8);
      NDArray labels = scope.create(HashedValues.labels(images, Workload.CLASSES));
      double evaluated = training.network().evaluate(pictures, labels).lossSum();
      List<StepOutcome> outcomes = new ArrayList<>();
      for (int step = 1; step <= STEPS; step++) {
        List<MicroBatch> whole = List.of(new MicroBatch(images, 1));
        try (PendingStep pending =
            training.step(pictures, labels, InputDraws.NONE, whole, 1, step)) {
          outcomes.add(pending.read());
        }
      }
      return new JavaFigures(
          evaluated,
          outcomes.stream().map(StepOutcome::loss).toList(),
          outcomes.get(0).groups().stream().map(group -> group.gradientNorm()).toList());
    }
  }

  private static void fill(Network network, CarriedNetwork carried) {
    ArchitectureTable table = network.table();
    try (NDManager scope = network.manager().newSubManager()) {
      Map<String, NDArray> state = new LinkedHashMap<>(network.state());
      for (int k = 0; k < table.parameters().size(); k++) {
        ParameterSpec spec = table.parameters().get(k);
        float[] values = carried.values(k, spec).elements(spec.size());
        state.put(spec.name(), scope.create(values, spec.shape()));
      }
      for (int k = 0; k < table.buffers().size(); k++) {
        BufferSpec spec = table.buffers().get(k);
        if (!spec.counter() && !spec.isConstant()) {
          var values = HashedValues.statistics(k, spec.name().endsWith("running_var"));
          state.put(spec.name(), scope.create(values.elements(spec.channels())));
        }
      }
      network.load(state);
    }
  }
}
