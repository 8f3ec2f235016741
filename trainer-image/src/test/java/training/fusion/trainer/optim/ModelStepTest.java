package training.fusion.trainer.optim;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import training.fusion.api.Architecture;
import training.fusion.api.Optimization;
import training.fusion.api.Training;
import training.fusion.trainer.model.ArchitectureTable;
import training.fusion.trainer.model.Golden;
import training.fusion.trainer.model.Gradients;
import training.fusion.trainer.model.Network;
import training.fusion.trainer.model.TrainableBlocks;
import training.fusion.trainer.model.architecture.ParameterSpec;

/**
 * One step of each rule on a whole network, from gradients that are the same hash on both sides:
 * what it adds to each block is what {@code torch.optim} adds in fp64.
 */
@Tag("libtorch")
@NullUnmarked
@TestInstance(Lifecycle.PER_CLASS)
class ModelStepTest {
  private static final int GRADIENTS = 30000; // as in optimizers.py

  private final JsonNode golden = Golden.read("optimizer-model-step.json");
  private final Map<String, float[]> start = new LinkedHashMap<>();
  private Network network;
  private List<NDArray> gradients;

  @BeforeAll
  void network() {
    var table = ArchitectureTable.of(Architecture.EFFICIENTNET_V2_S, Golden.CLASSES);
    network = Golden.PIXELS_32.network(TrainableBlocks.all(table));
    network.state().forEach((name, array) -> start.put(name, values(array)));
    gradients = new ArrayList<>();
    for (int k = 0; k < specs().size(); k++) {
      float[] values = new float[(int) specs().get(k).size()];
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) Golden.u(GRADIENTS + k, i);
      }
      gradients.add(network.manager().create(values, specs().get(k).shape()));
    }
  }

  @AfterAll
  void close() {
    network.close();
  }

  @TestFactory
  List<DynamicTest> oneStepAddsToEachBlockWhatPyTorchAdds() {
    Map<String, Optimization> rules = OptimizerVectorTest.rules();
    assertThat(golden.size()).isEqualTo(rules.size());
    return rules.keySet().stream()
        .map(rule -> DynamicTest.dynamicTest(rule, () -> compare(rule, rules.get(rule))))
        .toList();
  }

  private void compare(String rule, Optimization strategy) {
    var settings =
        new OptimizerSettings(
            strategy,
            null,
            null,
            Training.WeightDecayOn.ALL,
            null,
            new OptimizerSettings.RunLength(1, 1));
    try (NDManager scope = network.manager().newSubManager();
        FusionOptimizer optimizer = FusionOptimizer.create(network, settings)) {
      Map<String, NDArray> initial = new LinkedHashMap<>(network.state());
      for (ParameterSpec spec : specs()) {
        initial.put(spec.name(), scope.create(start.get(spec.name()), spec.shape()));
      }
      network.load(initial);
      NDArray loss = scope.create(1f);
      var pass = new Gradients(loss, scope.create(0L), loss, gradients, loss);
      try (PendingStep step = optimizer.step(pass, 1)) {
        assertThat(step.read().finite()).isTrue();
      }
      Map<String, NDArray> after = network.state();
      for (int block = 0; block <= network.table().blocks(); block++) {
        List<float[]> changes = new ArrayList<>();
        for (ParameterSpec spec : specs()) {
          if (spec.block() == block) {
            float[] change = values(after.get(spec.name()));
            float[] before = start.get(spec.name());
            for (int i = 0; i < change.length; i++) {
              change[i] -= before[i];
            }
            changes.add(change);
          }
        }
        assertThat(Golden.relativeDifference(changes, golden.get(rule).get(block)))
            .as("%s, block %d", rule, block)
            .isLessThan(2e-4); // rounding of fp32 parameters, against steps of a thousandth
      }
    }
  }

  private List<ParameterSpec> specs() {
    return network.table().parameters();
  }

  private static float[] values(NDArray array) {
    return array.getDataType().isFloating() ? array.toFloatArray() : new float[0];
  }
}
