package training.fusion.trainer.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import training.fusion.api.Training.Precision;
import training.fusion.trainer.model.architecture.ArchitectureProgram;
import training.fusion.trainer.model.architecture.ParameterSpec;

/** Precision BF16 against PyTorch's autocast, on the numbers and on the program's text. */
@Tag("libtorch")
class Bf16Test {
  /** The largest of few numbers: autocast's own is 0.010 for ViT at 32 pixels, 0.018 at 40. */
  @ParameterizedTest
  @EnumSource(names = {"PIXELS_64", "VIT"})
  void inEvaluationModeTheLogitsAreAsNearFp64AsAutocasts(Golden golden) {
    JsonNode reference = golden.fixture().get("eval");
    try (Network network = golden.network(golden.all(), Precision.BF16)) {
      Evaluation evaluation =
          network.evaluate(golden.images(network.manager()), golden.labels(network.manager()));
      double largest = 0;
      for (int image = 0; image < golden.batch; image++) {
        for (int c = 0; c < Golden.CLASSES; c++) {
          double expected = reference.get("logits").get(image).get(c).asDouble();
          largest = Math.max(largest, Math.abs(evaluation.logit(image, c) - expected));
        }
      }
      double autocast = reference.get("pytorchBf16").get("logits").asDouble();
      System.out.printf("%s: BF16 logits off by %.2g (autocast %.2g)%n", golden, largest, autocast);
      assertThat(largest).isGreaterThan(1e-5).isLessThan(3 * autocast);
    }
  }

  /**
   * The oracle has autocast's own distance from fp64; the trainer's may be somewhat larger, since
   * the two round in different places. The batch norms of the small fixture make much of rounding:
   * there autocast's gradients are off by half of their norm.
   */
  @ParameterizedTest
  @EnumSource(names = {"PIXELS_64", "VIT"})
  void lossLogitsAndGradientsAreAsNearFp64AsAutocasts(Golden golden) {
    JsonNode reference = golden.fixture().get("train");
    JsonNode autocast = reference.get("pytorchBf16");
    try (Network network = golden.network(golden.all(), Precision.BF16);
        Gradients pass =
            network.trainStep(
                golden.images(network.manager()), golden.labels(network.manager()), 0, 0)) {
      double loss = reference.get("loss").asDouble();
      assertThat(pass.loss().getFloat() / loss)
          .isCloseTo(1, within(2 * Math.max(5e-3, autocast.get("loss").asDouble())));
      List<ParameterSpec> specs = network.table().parameters();
      double difference = 0;
      double norm = 0;
      for (int i = 0; i < specs.size(); i++) {
        JsonNode gradient = reference.get("gradients").get(specs.get(i).name());
        if (gradient != null) { // null: zero in theory, or in thirds
          double size = gradient.get("norm").asDouble();
          double relative =
              Golden.relativeDifference(pass.gradients().get(i).toFloatArray(), gradient);
          difference += relative * relative * size * size;
          norm += size * size;
        }
      }
      double whole = Math.sqrt(difference / norm);
      System.out.printf(
          "%s: BF16 loss off by %.2g (autocast %.2g), gradients by %.2g (autocast %.2g)%n",
          golden,
          Math.abs(pass.loss().getFloat() / loss - 1),
          autocast.get("loss").asDouble(),
          whole,
          autocast.get("gradients").asDouble());
      assertThat(whole).isGreaterThan(1e-4).isLessThan(1.3 * autocast.get("gradients").asDouble());
    }
  }

  /** What runs on a CPU in bf16 can fail on CUDA: a norm of layers is fp32, in and out. */
  @ParameterizedTest
  @EnumSource(names = {"PIXELS_64", "VIT"})
  void everyConvolutionAndProductReadsBf16CopiesAndEveryNormFp32(Golden golden) {
    var definition = Architectures.of(golden.architecture);
    ArchitectureProgram program = definition.program(golden.settings(Precision.BF16).program());
    List<ParameterSpec> parameters = program.parameters();
    String head = golden.vit() ? "heads." : "classifier.";
    for (boolean train : new boolean[] {true, false}) {
      for (String line : program.statements(train).lines().toList()) {
        boolean product = line.contains("conv2d(") || line.contains("linear(");
        var index = java.util.regex.Pattern.compile("p\\[(\\d+)\\]").matcher(line);
        while (index.find()) {
          ParameterSpec parameter = parameters.get(Integer.parseInt(index.group(1)));
          boolean bf16 =
              (product || line.contains("select(")) && !parameter.name().startsWith(head);
          assertThat(parameter.operand()).as(line + " reads " + parameter.name()).isEqualTo(bf16);
        }
        if (line.contains("layer_norm")) {
          assertThat(line).contains("layer_norm(h,"); // the residual stream, which is fp32
        }
      }
    }
    assertThat(program.statements(true)).contains("torch.to(");
    String fp32 = definition.program(golden.settings().program()).statements(true);
    assertThat(fp32).doesNotContain("torch.to(");
  }
}
