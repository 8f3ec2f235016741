package training.fusion.trainer.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Against CrossEntropyLoss(weight=…, label_smoothing=0.1): see oracle/training.py. */
@Tag("libtorch")
@NullUnmarked
class ClassWeightedLossTest {
  private static final JsonNode GOLDEN = Golden.read("class-weights.json");

  @ParameterizedTest
  @EnumSource(names = {"PIXELS_32", "VIT"})
  void lossAndGradientsAreThoseOfPyTorchsCrossEntropyLoss(Golden size) {
    JsonNode golden = GOLDEN.get(size.file + ".json");
    try (Network network = network(size);
        Gradients pass =
            network.trainStep(
                size.images(network.manager()), size.labels(network.manager()), 0, 0)) {
      double loss = golden.get("loss").asDouble();
      assertThat((double) pass.loss().getFloat()).isCloseTo(loss, within(5e-6 * loss));
      List<String> compared = new ArrayList<>();
      for (int i = 0; i < pass.gradients().size(); i++) {
        String name = network.table().parameters().get(i).name();
        JsonNode reference = golden.get("gradients").get(name);
        if (reference != null) {
          float[] values = pass.gradients().get(i).toFloatArray();
          assertThat(Golden.relativeDifference(values, reference))
              .as(name)
              .isLessThan(size.gradientBound);
          compared.add(name);
        }
      }
      assertThat(compared).hasSize(golden.get("gradients").size()).hasSizeGreaterThan(4);
    }
  }

  @Test
  void evaluationsAreWithoutThem() {
    try (Network plain = Golden.VIT.network(Golden.VIT.all());
        Network weighted = network(Golden.VIT)) {
      assertThat(evaluate(weighted)).isEqualTo(evaluate(plain));
    }
  }

  /** Two passes whose classes weigh differently: their means alone do not add up. */
  @Test
  void microBatchesAddUpToTheWholeBatchsWeightedMean() {
    long[] classes = {1, 4, 7};
    double[] weights = weights();
    try (Network network = network(Golden.VIT);
        NDArray two = Golden.VIT.images(network.manager());
        NDArray images = NDArrays.concat(new NDList(two, two.get("0:1").mul(0.5f)));
        NDArray labels = network.manager().create(classes);
        Gradients whole = network.trainStep(images, labels, 0, 1);
        Gradients parts =
            network.trainStep(
                images,
                labels,
                MicroBatch.of(List.of(2, 1), image -> weights[(int) classes[image]]),
                0,
                1)) {
      assertThat(parts.loss().getFloat()).isCloseTo(whole.loss().getFloat(), within(1e-6f));
      for (int i = 0; i < whole.gradients().size(); i++) {
        NDArray difference = parts.gradients().get(i).sub(whole.gradients().get(i));
        assertThat(difference.norm().getFloat() / whole.gradients().get(i).norm().getFloat())
            .as(network.table().parameters().get(i).name())
            .isLessThan(1e-5f);
      }
    }
    MicroBatch last = MicroBatch.of(List.of(2, 1), i -> weights[(int) classes[i]]).get(1);
    assertThat(last.share()).isNotCloseTo(1 / 3.0, within(0.01));
  }

  private static double evaluate(Network network) {
    return network
        .evaluate(Golden.VIT.images(network.manager()), Golden.VIT.labels(network.manager()))
        .lossSum();
  }

  private static double[] weights() {
    double[] weights = new double[Golden.CLASSES];
    for (int c = 0; c < weights.length; c++) {
      weights[c] = GOLDEN.get("weights").get(c).asDouble();
    }
    return weights;
  }

  private static Network network(Golden size) {
    return size.network(
        size.all(),
        size.settings(
            GOLDEN.get("labelSmoothing").asDouble(), Arrays.stream(weights()).boxed().toList()));
  }
}
