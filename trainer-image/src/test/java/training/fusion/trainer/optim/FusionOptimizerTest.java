package training.fusion.trainer.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.withinPercentage;
import static training.fusion.api.Hyperparameter.LEARNING_RATE;
import static training.fusion.api.Hyperparameter.MOMENTUM;
import static training.fusion.api.Hyperparameter.WEIGHT_DECAY;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import training.fusion.api.Architecture;
import training.fusion.api.Hyperparameter;
import training.fusion.api.Optimization;
import training.fusion.api.Optimization.Level;
import training.fusion.api.Optimizer;
import training.fusion.api.OptimizerType;
import training.fusion.api.Training;
import training.fusion.trainer.model.ArchitectureTable;
import training.fusion.trainer.model.Golden;
import training.fusion.trainer.model.Gradients;
import training.fusion.trainer.model.Network;

@Tag("libtorch")
@NullUnmarked
class FusionOptimizerTest {
  private static final Golden GOLDEN = Golden.PIXELS_64;
  private static final Optimizer ADAM = Optimizer.of(OptimizerType.ADAM, Map.of());
  private static final Optimizer ADAMW =
      Optimizer.of(OptimizerType.ADAMW, Map.of(WEIGHT_DECAY, 0.05));
  private static final Optimizer SGD =
      Optimizer.of(
          OptimizerType.SGD, Map.of(LEARNING_RATE, 1e-2, WEIGHT_DECAY, 1e-4, MOMENTUM, 0.9));
  private static final Optimizer NESTEROV =
      Optimizer.of(
          OptimizerType.SGD,
          Map.of(
              LEARNING_RATE,
              1e-2,
              WEIGHT_DECAY,
              1e-4,
              MOMENTUM,
              0.9,
              Hyperparameter.NESTEROV,
              true));
  private static final Optimizer NONE = Optimizer.of(OptimizerType.NONE, Map.of());

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6})
  void aFusionOfTwoEqualRulesIsOneRuleBitForBit(int boundary) {
    Optimizer rule = boundary % 2 == 0 ? ADAM : SGD;
    assertSame(steps(fusion(boundary, rule, rule), 3), steps(single(rule), 3));
  }

  @Test
  void aFusionWrittenAsTwoLevelsIsTheSameBitForBit() {
    var levels = levels(new Level(4, ADAM, null, null), new Level(null, SGD, null, null));
    assertSame(steps(levels, 3), steps(fusion(4, ADAM, SGD), 3));
  }

  @Test
  void eachLevelMovesItsBlocksAsItsRuleMovesAll() {
    var levels =
        levels(
            new Level(1, SGD, null, null),
            new Level(2, NONE, null, null),
            new Level(5, ADAMW, null, null),
            new Level(null, NESTEROV, null, null));
    Map<String, float[]> moved = steps(levels, 1);
    Map<String, Map<String, float[]>> alone =
        Map.of(
            "0", steps(single(SGD), 1),
            "1", steps(single(SGD), 1),
            "2", steps(levels, 0),
            "5", steps(single(ADAMW), 1),
            "7", steps(single(NESTEROV), 1));
    alone.forEach(
        (block, expected) -> {
          Predicate<String> inBlock = name -> name.matches("features\\." + block + "\\..*weight");
          assertThat(moved.keySet()).anyMatch(inBlock);
          moved.forEach(
              (name, values) -> {
                if (inBlock.test(name)) {
                  assertThat(Arrays.equals(values, expected.get(name))).as(name).isTrue();
                }
              });
        });
  }

  @Test
  void aBlocksRateFallsWithEachBlockThatIsAboveIt() {
    Map<String, float[]> decayed = steps(decayed(rate(1), 0.5), 1);
    for (int block = 0; block <= 8; block++) {
      Map<String, float[]> alone = steps(single(rate(Math.pow(0.5, 8 - block))), 1);
      String inBlock = block == 8 ? "classifier" : "features." + block + ".";
      List<String> names =
          alone.keySet().stream()
              .filter(name -> name.startsWith(inBlock) && name.endsWith("weight"))
              .toList();
      assertThat(names).isNotEmpty();
      names.forEach(
          name -> assertThat(Arrays.equals(decayed.get(name), alone.get(name))).as(name).isTrue());
    }
  }

  private static Optimizer rate(double rate) {
    return Optimizer.of(OptimizerType.SGD, Map.of(LEARNING_RATE, rate));
  }

  private static Optimization decayed(Optimizer optimizer, double decay) {
    return new Optimization(null, null, new Optimization.Single(optimizer), null, null, decay);
  }

  @Test
  void threeStepsOfAFusionLoseAsInPyTorch() {
    JsonNode golden = GOLDEN.fixture().get("strategies");
    Map<String, Optimization> strategies =
        Map.of(
            "Adam->SGD", fusion(5, ADAM, SGD),
            "SGD->Adam", fusion(2, SGD, ADAM),
            "AdamW->Nesterov", fusion(0, ADAMW, NESTEROV));
    assertThat(golden.size()).isEqualTo(strategies.size());
    strategies.forEach(
        (name, strategy) -> {
          List<Double> losses = run(strategy, 4, null).losses;
          double[] percent = {0.0005, 0.5, 5, 5}; // golden.py: what fp32 and fp64 may differ by
          for (int i = 0; i < 4; i++) {
            assertThat(losses.get(i))
                .as("%s, loss %d", name, i)
                .isCloseTo(
                    golden.get(name).get("losses").get(i).asDouble(), withinPercentage(percent[i]));
          }
        });
  }

  @Test
  void aFrozenLowLevelStaysAsItIsAndTheHighLevelLearns() {
    Run run = run(fusion(5, NONE, SGD), 2, null);
    assertThat(run.after.get("features.5.0.block.0.0.weight"))
        .containsExactly(run.before.get("features.5.0.block.0.0.weight"));
    assertThat(run.after.get("features.6.0.block.0.0.weight"))
        .isNotEqualTo(run.before.get("features.6.0.block.0.0.weight"));
  }

  @Test
  void aFrozenHighLevelStaysAsItIsAndTheLowLevelLearns() {
    Run run = run(fusion(5, ADAM, NONE), 2, null);
    assertThat(run.after.get("classifier.1.weight"))
        .containsExactly(run.before.get("classifier.1.weight"));
    assertThat(run.after.get("features.5.0.block.0.0.weight"))
        .isNotEqualTo(run.before.get("features.5.0.block.0.0.weight"));
  }

  @Test
  void clippingScalesAllGradientsByOneFactor() {
    Run free = run(single(Optimizer.of(OptimizerType.SGD, Map.of(LEARNING_RATE, 1.0))), 1, null);
    double norm = free.outcomes.get(0).groups().get(0).gradientNorm();
    Run clipped =
        run(single(Optimizer.of(OptimizerType.SGD, Map.of(LEARNING_RATE, 1.0))), 1, norm / 2);
    float[] before = free.before.get("features.0.0.weight");
    float[] whole = free.after.get("features.0.0.weight");
    float[] half = clipped.after.get("features.0.0.weight");
    for (int i = 0; i < before.length; i++) {
      assertThat(half[i] - before[i])
          .isCloseTo((whole[i] - before[i]) / 2, org.assertj.core.api.Assertions.within(1e-5f));
    }
  }

  @Test
  void aStepThatIsNotFiniteChangesNeitherWeightsNorState() {
    Optimization strategy = fusion(5, ADAM, SGD);
    try (Network network = network(strategy);
        FusionOptimizer optimizer = FusionOptimizer.create(network, settings(strategy, null))) {
      step(network, optimizer, 1);
      Map<String, float[]> weights = parameters(network);
      Map<String, float[]> state = floats(optimizer.state());
      NDArray images = GOLDEN.images(network.manager()).mul(Float.NaN);
      try (Gradients pass = network.trainStep(images, GOLDEN.labels(network.manager()), 0, 2)) {
        StepOutcome outcome = optimizer.step(pass, 2).read();
        assertThat(outcome.finite()).isFalse();
      }
      assertSame(parameters(network), weights);
      assertSame(floats(optimizer.state()), state);
    }
  }

  @Test
  void whatIsSavedAndRestoredGoesOnBitForBit() {
    Optimization strategy = fusion(3, SGD, ADAMW);
    Map<String, float[]> undisturbed = steps(strategy, 4);
    try (Network first = network(strategy);
        FusionOptimizer optimizer = FusionOptimizer.create(first, settings(strategy, null));
        Network second =
            Network.create(first.manager().getDevice(), first.settings(), first.trainable(), 99);
        FusionOptimizer restored = FusionOptimizer.create(second, settings(strategy, null))) {
      step(first, optimizer, 1);
      step(first, optimizer, 2);
      second.load(first.state());
      restored.load(optimizer.state());
      step(second, restored, 3);
      step(second, restored, 4);
      assertSame(floats(second.state()), undisturbed);
    }
  }

  @Test
  void stateOfAnotherStrategyIsRefusedByName() {
    Optimization strategy = single(SGD);
    try (Network network = network(strategy);
        FusionOptimizer sgd = FusionOptimizer.create(network, settings(strategy, null));
        FusionOptimizer adam = FusionOptimizer.create(network, settings(single(ADAM), null))) {
      assertThatThrownBy(() -> adam.load(sgd.state()))
          .hasMessageContaining("exp_avg.features.0.0.weight is missing")
          .hasMessageContaining("momentum_buffer.features.0.0.weight is not expected");
    }
  }

  @Test
  void aBoundaryBeyondTheTableIsRefusedWithTheRange() {
    ArchitectureTable table = ArchitectureTable.of(Architecture.EFFICIENTNET_V2_S, 10);
    assertThatThrownBy(() -> ParameterGroup.of(fusion(9, ADAM, SGD), table))
        .hasMessage("optimization.fusion.lowLevel.lastBlock must be 0–6, but is 9");
  }

  private static final class Run {
    final List<Double> losses = new ArrayList<>();
    final List<StepOutcome> outcomes = new ArrayList<>();
    final Map<String, float[]> before = new LinkedHashMap<>();
    final Map<String, float[]> after = new LinkedHashMap<>();
  }

  private static Run run(Optimization strategy, int steps, Double maxGradNorm) {
    Run run = new Run();
    try (Network network = network(strategy);
        FusionOptimizer optimizer =
            FusionOptimizer.create(network, settings(strategy, maxGradNorm))) {
      run.before.putAll(parameters(network));
      for (int step = 1; step <= steps; step++) {
        StepOutcome outcome = step(network, optimizer, step);
        run.outcomes.add(outcome);
        run.losses.add(outcome.loss());
      }
      run.after.putAll(parameters(network));
    }
    return run;
  }

  private static Map<String, float[]> steps(Optimization strategy, int steps) {
    try (Network network = network(strategy);
        FusionOptimizer optimizer = FusionOptimizer.create(network, settings(strategy, null))) {
      for (int step = 1; step <= steps; step++) {
        step(network, optimizer, step);
      }
      return floats(network.state());
    }
  }

  private static Network network(Optimization strategy) {
    ArchitectureTable table = ArchitectureTable.of(Architecture.EFFICIENTNET_V2_S, Golden.CLASSES);
    return GOLDEN.network(ParameterGroup.trainable(ParameterGroup.of(strategy, table)));
  }

  private static StepOutcome step(Network network, FusionOptimizer optimizer, long step) {
    try (NDManager scope = network.manager().newSubManager();
        Gradients pass = network.trainStep(GOLDEN.images(scope), GOLDEN.labels(scope), 0, step)) {
      try (PendingStep pending = optimizer.step(pass, step)) {
        return pending.read();
      }
    }
  }

  private static Map<String, float[]> parameters(Network network) {
    Map<String, float[]> state = floats(network.state());
    network.table().buffers().forEach(b -> state.remove(b.name()));
    return state;
  }

  private static Map<String, float[]> floats(Map<String, NDArray> state) {
    Map<String, float[]> copy = new LinkedHashMap<>();
    state.forEach(
        (name, array) -> {
          if (!name.endsWith("num_batches_tracked")) {
            float[] values = array.toFloatArray();
            copy.put(name, Arrays.copyOf(values, values.length));
          }
        });
    return copy;
  }

  /** Bit for bit; element by element would take AssertJ minutes for twenty million numbers. */
  private static void assertSame(Map<String, float[]> actual, Map<String, float[]> expected) {
    assertThat(actual.keySet()).isEqualTo(expected.keySet());
    actual.forEach(
        (name, values) ->
            assertThat(Arrays.mismatch(values, expected.get(name)))
                .as("first element of %s that differs", name)
                .isEqualTo(-1));
  }

  private static Optimization levels(Level... levels) {
    return new Optimization(null, List.of(levels), null, null, null, null);
  }

  private static OptimizerSettings settings(Optimization strategy, Double maxGradNorm) {
    return new OptimizerSettings(
        strategy,
        null,
        maxGradNorm,
        Training.WeightDecayOn.ALL,
        null,
        new OptimizerSettings.RunLength(1, 100));
  }

  private static Optimization single(Optimizer optimizer) {
    return Optimization.of(new Optimization.Single(optimizer));
  }

  private static Optimization fusion(int lastBlock, Optimizer low, Optimizer high) {
    return Optimization.of(
        new Optimization.Fusion(
            new Optimization.LowLevel(lastBlock, low, null, null),
            new Optimization.HighLevel(high, null, null)));
  }
}
