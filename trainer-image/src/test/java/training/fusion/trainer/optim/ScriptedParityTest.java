package training.fusion.trainer.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import training.fusion.api.Dataset;
import training.fusion.api.Optimization;
import training.fusion.api.Training;
import training.fusion.trainer.model.ArchitectureTable;
import training.fusion.trainer.model.Evaluation;
import training.fusion.trainer.model.Golden;
import training.fusion.trainer.model.InputAugmentation;
import training.fusion.trainer.model.Libtorch;
import training.fusion.trainer.model.NetworkKind;
import training.fusion.trainer.model.NetworkSettings;
import training.fusion.trainer.module.ModuleDefinition;
import training.fusion.trainer.module.ModuleFile;
import training.fusion.trainer.tracking.Python;

/**
 * Against PyTorch's own loop in fp64, within ten times its fp32's distance from it. Figures are
 * those of {@code oracle/scripted.py}, which makes the module where the Python in FUSION_PYTHON has
 * torchvision: a file of 80 MB.
 */
@Tag("process")
@NullUnmarked
@DisplayName("Twelve steps of EfficientNetV2-S, Adam below SGD, are PyTorch's")
class ScriptedParityTest {
  private static final Golden GOLDEN = Golden.PIXELS_32;
  private static final int PIXELS = 32;

  /** As {@code oracle/scripted.py} has it. */
  private static final Optimization STRATEGY =
      GoldenTraining.read(
          "fusion: {lowLevel: {lastBlock: 5, optimizer: {type: Adam, learningRate: 1e-5}}, highLevel: {optimizer: {type: SGD, learningRate: 1e-3, momentum: 0.9}}}");

  /** Of a loss, golden.md's for one that no step came before. */
  private static final double LEAST = 5e-6;

  private final JsonNode reference = Golden.read("efficientnet-v2-s-scripted.json");

  @Test
  @DisplayName("where the network is a row of our own table")
  void ofOurOwnTable() {
    try (GoldenTraining training = GoldenTraining.plain(GOLDEN, STRATEGY, null, null)) {
      compare(training);
    }
  }

  @Test
  @DisplayName("where it is the module that torch.jit.script makes of torchvision's")
  void ofAModule(@TempDir Path folder) throws Exception {
    Python.assumeHas("torchvision");
    Path file = folder.resolve("net.pt");
    Process script =
        new ProcessBuilder(Python.COMMAND, "oracle/scripted.py", "module", file.toString())
            .inheritIO()
            .start();
    assertThat(script.waitFor()).isZero();
    NetworkKind kind = ModuleDefinition.kind(ModuleFile.open(file), null, null, null);
    try (TrainingStep step =
        TrainingStep.create(
            Libtorch.start(0, 1),
            settings(kind),
            new OptimizerSettings(
                STRATEGY,
                null,
                null,
                Training.WeightDecayOn.ALL,
                null,
                new OptimizerSettings.RunLength(1, 100)),
            ParameterGroup.of(STRATEGY, ArchitectureTable.of(kind, Golden.CLASSES, PIXELS)),
            Training.UpdateOrder.AFTER_BACKWARD,
            0)) {
      compare(new GoldenTraining(GOLDEN, step.network(), step));
    }
  }

  private void compare(GoldenTraining training) {
    JsonNode losses = reference.get("losses");
    double bound = LEAST;
    for (int step = 1; step <= losses.size(); step++) {
      double own = reference.at("/pytorchFp32/losses").get(step - 1).asDouble();
      bound = Math.max(bound, 10 * own);
      double loss = losses.get(step - 1).asDouble();
      double difference = Math.abs(training.step(step).loss() - loss) / loss;
      System.out.printf("step %d: off by %.1e, PyTorch's fp32 by %.1e%n", step, difference, own);
      assertThat(difference).as("step %d", step).isLessThan(bound);
    }
    try (NDManager scope = training.network().manager().newSubManager()) {
      Evaluation evaluation =
          training.network().evaluate(GOLDEN.images(scope), GOLDEN.labels(scope));
      JsonNode logits = reference.get("logits");
      double within = 10 * reference.at("/pytorchFp32/logits").asDouble();
      for (int i = 0; i < logits.size(); i++) {
        assertThat((double) evaluation.logit(i / Golden.CLASSES, i % Golden.CLASSES))
            .isCloseTo(logits.get(i).asDouble(), within(within));
      }
    }
  }

  private static NetworkSettings settings(NetworkKind kind) {
    return new NetworkSettings(
        kind,
        kind.definition().variant(),
        Golden.CLASSES,
        PIXELS,
        0,
        0,
        new NetworkSettings.Pictures(PIXELS, PIXELS, 3),
        Dataset.Resize.Mode.SQUASH,
        Dataset.Resize.Interpolation.BILINEAR,
        InputAugmentation.NONE,
        List.of(0.0, 0.0, 0.0),
        List.of(1 / 255.0, 1 / 255.0, 1 / 255.0),
        0,
        Training.Precision.FP32,
        null,
        null);
  }
}
