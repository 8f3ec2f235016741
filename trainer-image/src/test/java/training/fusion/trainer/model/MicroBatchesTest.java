package training.fusion.trainer.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import training.fusion.trainer.model.architecture.ParameterSpec;

@Tag("libtorch")
class MicroBatchesTest {
  @Test
  void aBatchIsCutIntoPassesOfNearlyEqualSize() {
    assertThat(new MicroBatches(4, 1).of(10)).containsExactly(4, 3, 3);
    assertThat(new MicroBatches(4, 1).of(4)).containsExactly(4);
    assertThat(new MicroBatches(1, 1).of(3)).containsExactly(1, 1, 1);
  }

  @Test
  void withBatchNormNoPassHasASingleImage() {
    for (int size = 2; size <= 9; size++) {
      for (int images = 2; images <= 64; images++) {
        List<Integer> passes = new MicroBatches(size, 2).of(images);
        assertThat(passes).allMatch(pass -> pass >= 2);
        assertThat(passes.stream().mapToInt(Integer::intValue).sum()).isEqualTo(images);
        assertThat(passes.get(0)).isLessThanOrEqualTo(size + 1);
      }
    }
    assertThatThrownBy(() -> new MicroBatches(1, 2)).hasMessageContaining("at least 2 images");
  }

  @Test
  void memoryDecidesHowManyImagesAPassHas() {
    NetworkSettings settings = Golden.VIT.settings();
    MemoryEstimate estimate = MemoryEstimate.of(settings);
    long gibibyte = 1L << 30;
    assertThat(estimate.fixed()).isBetween(3 * gibibyte / 2, 2 * gibibyte);
    assertThat(MicroBatches.thatFit(estimate, 1, 128, 100 * gibibyte).size()).isEqualTo(128);
    int some = MicroBatches.thatFit(estimate, 1, 4096, 4 * gibibyte).size();
    assertThat(some).isBetween(100, 4095);
    assertThat(estimate.bytes(some)).isLessThanOrEqualTo(4 * gibibyte / 5 * 4);
    assertThat(estimate.bytes(some + 1)).isGreaterThan(4 * gibibyte / 5 * 4);
    assertThat(MicroBatches.thatFit(estimate, 1, 128, 0).size()).isEqualTo(1);
    assertThat(MicroBatches.thatFit(estimate, 2, 128, 0).size()).isEqualTo(2);
    assertThat(estimate.withCopy(settings).fixed() - estimate.fixed())
        .isEqualTo(4L * (85_806_346 - 192 * 768)); // of 197 position embeddings 5
  }

  @Test
  void withoutBatchNormTheGradientsOfUnequalMicroBatchesAddUpToTheBatchs() {
    try (Network network = Golden.VIT.network(Golden.VIT.all());
        NDArray two = Golden.VIT.images(network.manager());
        NDArray images = NDArrays.concat(new NDList(two, two.get("0:1").mul(0.5f)));
        NDArray labels = network.manager().create(new long[] {1, 4, 7});
        Gradients whole = network.trainStep(images, labels, 0, 1);
        Gradients parts =
            network.trainStep(images, labels, MicroBatch.of(List.of(2, 1), image -> 1), 0, 1)) {
      assertThat(parts.loss().getFloat()).isCloseTo(whole.loss().getFloat(), within(1e-6f));
      assertThat(parts.correct().getLong()).isEqualTo(whole.correct().getLong());
      assertThat(parts.logits().getShape()).isEqualTo(whole.logits().getShape());
      assertThat(network.table().parameters().stream().map(ParameterSpec::name))
          .hasSize(whole.gradients().size());
      for (int i = 0; i < whole.gradients().size(); i++) {
        String name = network.table().parameters().get(i).name();
        assertThat(difference(parts.gradients().get(i), whole.gradients().get(i)))
            .as(name)
            .isLessThan(1e-5);
      }
    }
  }

  private static double difference(NDArray values, NDArray reference) {
    return values.sub(reference).norm().getFloat() / reference.norm().getFloat();
  }
}
