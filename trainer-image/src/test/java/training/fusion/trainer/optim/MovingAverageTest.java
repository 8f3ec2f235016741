package training.fusion.trainer.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import training.fusion.trainer.model.Golden;
import training.fusion.trainer.model.Libtorch;

/** Against torch.optim.swa_utils.AveragedModel: see oracle/training.py. */
@Tag("libtorch")
@NullUnmarked
class MovingAverageTest {
  private static final List<String> NAMES = List.of("weight", "kernel", "running_mean");
  private static final List<Shape> SHAPES =
      List.of(new Shape(6), new Shape(2, 3, 2, 2), new Shape(3));

  private NDManager manager;
  private Map<String, NDArray> live;

  @BeforeEach
  void network() {
    manager = NDManager.newBaseManager(Libtorch.start(0, 1));
    live = new LinkedHashMap<>();
    for (int k = 0; k < NAMES.size(); k++) {
      live.put(NAMES.get(k), manager.create(hash(0, k), SHAPES.get(k)));
    }
    live.put("num_batches_tracked", manager.zeros(new Shape(), DataType.INT64));
  }

  @AfterEach
  void close() {
    manager.close();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void everyStepsAverageIsPyTorchs(boolean warmup) {
    JsonNode golden = Golden.read("averages.json");
    JsonNode trace = golden.get(warmup ? "warmup" : "plain");
    var decay = new MovingAverage.Decay(golden.get("decay").asDouble(), warmup);
    try (var average = new MovingAverage(live, Set.of(), manager, decay)) {
      for (int step = 1; step <= trace.size(); step++) {
        at(step);
        average.update(step);
        assertThat(average.state().keySet())
            .containsExactly("ema.weight", "ema.kernel", "ema.running_mean");
        for (String name : NAMES) {
          float[] values = average.state().get("ema." + name).toFloatArray();
          JsonNode expected = trace.get(step - 1).get(name);
          assertThat(expected.size()).isEqualTo(values.length);
          for (int i = 0; i < values.length; i++) {
            assertThat((double) values[i])
                .as("%s[%d] after step %d", name, i, step)
                .isCloseTo(expected.get(i).asDouble(), within(2e-7));
          }
        }
      }
    }
    assertThat(new MovingAverage.Decay(0.9999, true).at(2)).isEqualTo(0.25);
    assertThat(new MovingAverage.Decay(0.9999, true).at(1_000_000)).isEqualTo(0.9999);
  }

  @Test
  void aMaskThatIsInfiniteIsKeptAndStaysWhatItIs() {
    float no = Float.NEGATIVE_INFINITY;
    float[] mask = {0, no, no};
    live.put("mask", manager.create(mask));
    live.put("later", manager.create(new float[] {1, 1, 1}));
    var decay = new MovingAverage.Decay(0.5, false);
    try (var average = new MovingAverage(live, Set.of("mask", "later"), manager, decay)) {
      average.update(1);
      average.update(2);
      assertThat(average.state().get("ema.mask").toFloatArray()).isEqualTo(mask);
      live.get("later").set(new float[] {3, no, 1});
      average.update(3);
      assertThat(average.state().get("ema.later").toFloatArray()).isEqualTo(new float[] {2, no, 1});
    }
  }

  @Test
  void swappedTwiceEverythingIsBackBitForBit() {
    try (var average =
        new MovingAverage(live, Set.of(), manager, new MovingAverage.Decay(0.7, false))) {
      for (int step = 1; step <= 3; step++) {
        at(step);
        average.update(step);
      }
      Map<String, float[]> trained = values(live);
      Map<String, float[]> averaged = averages(average);
      assertThat(averaged.get("weight")).isNotEqualTo(trained.get("weight"));

      average.swap();
      assertEqual(values(live), averaged);
      assertEqual(averages(average), trained);

      average.swap();
      assertEqual(values(live), trained);
      assertEqual(averages(average), averaged);
    }
  }

  @Test
  void aSavedAverageIsTakenUpWithoutOneTheWeightsAreAndAnotherNetworksIsRefused() {
    try (var average =
        new MovingAverage(live, Set.of(), manager, new MovingAverage.Decay(0.7, false))) {
      assertEqual(averages(average), values(live));
      Map<String, NDArray> saved = new LinkedHashMap<>();
      for (int k = 0; k < NAMES.size(); k++) {
        saved.put("ema." + NAMES.get(k), manager.create(hash(9, k), SHAPES.get(k)));
      }
      saved.put("exp_avg.weight", manager.zeros(new Shape(6)));
      average.load(saved);
      at(9);
      assertEqual(averages(average), values(live));

      at(3);
      average.load(Map.of("exp_avg.weight", saved.get("exp_avg.weight")));
      assertEqual(averages(average), values(live));

      saved.remove("ema.kernel");
      assertThatThrownBy(() -> average.load(saved)).hasMessageContaining("ema.kernel is missing");
    }
  }

  /** What the oracle's module is after a step. */
  private void at(int step) {
    for (int k = 0; k < NAMES.size(); k++) {
      live.get(NAMES.get(k)).set(hash(step, k));
    }
  }

  private static float[] hash(int step, int k) {
    float[] values = new float[(int) SHAPES.get(k).size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) Golden.u(500 + 10L * step + k, i);
    }
    return values;
  }

  private static Map<String, float[]> values(Map<String, NDArray> arrays) {
    Map<String, float[]> values = new LinkedHashMap<>();
    for (String name : NAMES) {
      values.put(name, arrays.get(name).toFloatArray());
    }
    return values;
  }

  private static Map<String, float[]> averages(MovingAverage average) {
    Map<String, NDArray> state = new LinkedHashMap<>();
    average.state().forEach((name, array) -> state.put(name.replace("ema.", ""), array));
    return values(state);
  }

  private static void assertEqual(Map<String, float[]> values, Map<String, float[]> expected) {
    expected.forEach((name, array) -> assertThat(values.get(name)).as(name).isEqualTo(array));
  }
}
