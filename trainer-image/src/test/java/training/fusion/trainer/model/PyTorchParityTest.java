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
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import training.fusion.trainer.model.architecture.ParameterSpec;

/**
 * Both architectures against torchvision in fp64; the bounds are ten times PyTorch's own fp32
 * error.
 */
@Tag("libtorch")
@NullUnmarked
class PyTorchParityTest {
  @Test
  void theHashIsTheOracles() {
    Golden.PIXELS_64
        .fixture()
        .get("hash")
        .fields()
        .forEachRemaining(
            entry -> {
              String[] at = entry.getKey().split(",", -1);
              assertThat(Golden.u(Long.parseLong(at[0]), Long.parseLong(at[1])))
                  .isCloseTo(entry.getValue().asDouble(), within(1e-11));
            });
  }

  @ParameterizedTest
  @EnumSource
  void inEvaluationModeTheLogitsAreTorchvisions(Golden golden) {
    try (Network network = golden.network(golden.all())) {
      Evaluation evaluation =
          network.evaluate(golden.images(network.manager()), golden.labels(network.manager()));
      assertLogits(
          evaluation::logit,
          golden.fixture().get("eval").get("logits"),
          golden.vit() ? 2e-5 : 5e-6);
      assertThat(evaluation.lossSum() / golden.batch)
          .isCloseTo(golden.fixture().get("eval").get("loss").asDouble(), within(5e-6));
    }
  }

  @ParameterizedTest
  @EnumSource
  void inTrainingModeLogitsLossGradientsAndRunningStatisticsAreTorchvisions(Golden size) {
    JsonNode golden = size.fixture().get("train");
    try (Network network = size.network(size.all());
        Gradients pass = step(size, network)) {
      float[] logits = pass.logits().toFloatArray();
      assertLogits(
          (image, c) -> logits[image * Golden.CLASSES + c],
          golden.get("logits"),
          size.trainLogitsBound);
      double loss = golden.get("loss").asDouble();
      assertThat(pass.loss().getFloat()).isCloseTo((float) loss, within((float) (5e-6 * loss)));
      Map<String, Double> differences = new LinkedHashMap<>();
      gradients(network, pass)
          .forEach(
              (name, values) -> {
                JsonNode reference = golden.get("gradients").get(name);
                if (reference == null) { // zero in theory: rounding, or exactly zero
                  assertThat(golden.get("nullGradients")).anyMatch(g -> g.asText().equals(name));
                  if (size == Golden.VIT_ZERO_HEAD) {
                    assertThat(values).as(name).containsOnly(0f);
                  }
                } else {
                  differences.put(name, Golden.relativeDifference(values, reference));
                  assertThat(norm(values) / reference.get("norm").asDouble())
                      .as(name)
                      .isCloseTo(1, within(size.gradientNormBound));
                }
              });
      assertThat(differences).hasSize(golden.get("gradients").size()).isNotEmpty();
      assertThat(differences)
          .allSatisfy((name, d) -> assertThat(d).as(name).isLessThan(size.gradientBound));
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
      state.keySet().stream()
          .filter(name -> name.endsWith("num_batches_tracked"))
          .forEach(name -> assertThat(state.get(name).getLong()).isEqualTo(1));
    }
  }

  /** Every element, where the oracle's whole gradients are at hand: see oracle/README.md. */
  @ParameterizedTest
  @EnumSource
  @EnabledIfSystemProperty(named = "golden.full", matches = ".+")
  void everyElementOfEveryGradientIsTorchvisions(Golden size) throws IOException {
    String name = size.file + "-train.f64";
    try (Network network = size.network(size.all());
        Gradients pass = step(size, network);
        FileChannel file = FileChannel.open(Path.of(System.getProperty("golden.full"), name))) {
      MappedByteBuffer reference = file.map(MapMode.READ_ONLY, 0, file.size());
      reference.order(ByteOrder.LITTLE_ENDIAN);
      JsonNode compared = size.fixture().get("train").get("gradients");
      Map<String, Double> differences = new LinkedHashMap<>();
      for (Map.Entry<String, float[]> gradient : gradients(network, pass).entrySet()) {
        double difference = 0;
        double norm = 0;
        for (float value : gradient.getValue()) {
          double expected = reference.getDouble();
          difference += (value - expected) * (value - expected);
          norm += expected * expected;
        }
        if (compared.has(gradient.getKey())) {
          differences.put(gradient.getKey(), Math.sqrt(difference / norm));
        }
      }
      Map.Entry<String, Double> worst =
          differences.entrySet().stream().max(Map.Entry.comparingByValue()).orElseThrow();
      System.out.println(size + ": largest of " + differences.size() + " tensors: " + worst);
      assertThat(worst.getValue()).isLessThan(size.gradientBound);
    }
  }

  private static Gradients step(Golden golden, Network network) {
    return network.trainStep(
        golden.images(network.manager()), golden.labels(network.manager()), 0, 0);
  }

  private static Map<String, float[]> gradients(Network network, Gradients pass) {
    List<ParameterSpec> specs = network.table().parameters();
    Map<String, float[]> gradients = new LinkedHashMap<>();
    for (int i = 0; i < specs.size(); i++) {
      String name = specs.get(i).name();
      float[] values = pass.gradients().get(i).toFloatArray();
      if (name.endsWith("in_proj_bias")) { // its key third is zero but for rounding
        int third = values.length / 3;
        gradients.put(name + ".query", Arrays.copyOfRange(values, 0, third));
        gradients.put(name + ".key", Arrays.copyOfRange(values, third, 2 * third));
        gradients.put(name + ".value", Arrays.copyOfRange(values, 2 * third, 3 * third));
      } else {
        gradients.put(name, values);
      }
    }
    return gradients;
  }

  private static double norm(float[] values) {
    double squares = 0;
    for (float value : values) {
      squares += (double) value * value;
    }
    return Math.sqrt(squares);
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
