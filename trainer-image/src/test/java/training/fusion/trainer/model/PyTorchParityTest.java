package training.fusion.trainer.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * EfficientNetV2-S against torchvision in fp64; the bounds are ten times PyTorch's own fp32 error.
 */
@NullUnmarked
class PyTorchParityTest {
  private static final JsonNode GOLDEN = Golden.read("efficientnet-v2-s.json");

  @Test
  void theHashIsTheOracles() {
    GOLDEN
        .get("hash")
        .fields()
        .forEachRemaining(
            entry -> {
              String[] at = entry.getKey().split(",", -1);
              assertThat(Golden.u(Long.parseLong(at[0]), Long.parseLong(at[1])))
                  .isCloseTo(entry.getValue().asDouble(), within(1e-11));
            });
  }

  @Test
  void inEvaluationModeTheLogitsAreTorchvisions() {
    try (Network network = Golden.network(all())) {
      Evaluation evaluation =
          network.evaluate(Golden.images(network.manager()), Golden.labels(network.manager()));
      assertLogits(evaluation::logit, GOLDEN.get("eval").get("logits"), 5e-6);
      assertThat(evaluation.lossSum() / 4)
          .isCloseTo(GOLDEN.get("eval").get("loss").asDouble(), within(5e-6));
    }
  }

  @Test
  void inTrainingModeLogitsLossGradientsAndRunningStatisticsAreTorchvisions() {
    JsonNode golden = GOLDEN.get("train");
    try (Network network = Golden.network(all());
        Gradients pass = step(network)) {
      float[] logits = pass.logits().toFloatArray();
      assertLogits((image, c) -> logits[image * Golden.CLASSES + c], golden.get("logits"), 1e-4);
      double loss = golden.get("loss").asDouble();
      assertThat(pass.loss().getFloat()).isCloseTo((float) loss, within((float) (5e-6 * loss)));
      Map<String, float[]> gradients = gradients(network, pass);
      assertThat(gradients).hasSize(452);
      Map<String, Double> differences = new LinkedHashMap<>();
      gradients.forEach(
          (name, values) -> {
            JsonNode reference = golden.get("gradients").get(name);
            if (reference != null) { // the others are exactly zero in theory: nullGradients
              differences.put(name, Golden.relativeDifference(values, reference));
            }
          });
      assertThat(differences).hasSize(452 - golden.get("nullGradients").size());
      assertThat(differences).allSatisfy((name, d) -> assertThat(d).as(name).isLessThan(2e-4));
      Map<String, NDArray> state = network.state();
      golden
          .get("buffers")
          .fields()
          .forEachRemaining(
              b ->
                  assertThat(
                          Golden.relativeDifference(
                              state.get(b.getKey()).toFloatArray(), b.getValue()))
                      .as(b.getKey())
                      .isLessThan(5e-5));
      assertThat(state.get("features.0.1.num_batches_tracked").getLong()).isEqualTo(1);
    }
  }

  /** Every element, where the oracle's whole gradients are at hand: see oracle/README.md. */
  @Test
  @EnabledIfSystemProperty(named = "golden.full", matches = ".+")
  void everyElementOfEveryGradientIsTorchvisions() throws IOException {
    try (Network network = Golden.network(all());
        Gradients pass = step(network);
        FileChannel file =
            FileChannel.open(Path.of(System.getProperty("golden.full"), "train.f64"))) {
      MappedByteBuffer reference = file.map(MapMode.READ_ONLY, 0, file.size());
      reference.order(ByteOrder.LITTLE_ENDIAN);
      Map<String, Double> differences = new LinkedHashMap<>();
      for (Map.Entry<String, float[]> gradient : gradients(network, pass).entrySet()) {
        double difference = 0;
        double norm = 0;
        for (float value : gradient.getValue()) {
          double expected = reference.getDouble();
          difference += (value - expected) * (value - expected);
          norm += expected * expected;
        }
        if (GOLDEN.get("train").get("gradients").has(gradient.getKey())) {
          differences.put(gradient.getKey(), Math.sqrt(difference / norm));
        }
      }
      Map.Entry<String, Double> worst =
          differences.entrySet().stream().max(Map.Entry.comparingByValue()).orElseThrow();
      System.out.println("largest of " + differences.size() + " tensors: " + worst);
      assertThat(worst.getValue()).isLessThan(2e-4);
    }
  }

  private static TrainableBlocks all() {
    return new TrainableBlocks(0, 8);
  }

  private static Gradients step(Network network) {
    return network.trainStep(
        Golden.images(network.manager()), Golden.labels(network.manager()), 0, 0);
  }

  private static Map<String, float[]> gradients(Network network, Gradients pass) {
    List<ParameterSpec> specs = network.table().parameters();
    Map<String, float[]> gradients = new LinkedHashMap<>();
    for (int i = 0; i < specs.size(); i++) {
      gradients.put(specs.get(i).name(), pass.gradients().get(i).toFloatArray());
    }
    return gradients;
  }

  private interface Logits {
    float at(int image, int c);
  }

  private static void assertLogits(Logits logits, JsonNode golden, double bound) {
    for (int image = 0; image < golden.size(); image++) {
      for (int c = 0; c < Golden.CLASSES; c++) {
        assertThat((double) logits.at(image, c))
            .isCloseTo(golden.get(image).get(c).asDouble(), within(bound));
      }
    }
  }
}
