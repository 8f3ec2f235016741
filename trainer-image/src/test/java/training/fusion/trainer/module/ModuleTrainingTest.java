package training.fusion.trainer.module;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import training.fusion.api.Dataset;
import training.fusion.api.Optimization;
import training.fusion.api.Training;
import training.fusion.api.Training.Precision;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.model.ArchitectureTable;
import training.fusion.trainer.model.Evaluation;
import training.fusion.trainer.model.Golden;
import training.fusion.trainer.model.InputAugmentation;
import training.fusion.trainer.model.InputDraws;
import training.fusion.trainer.model.Libtorch;
import training.fusion.trainer.model.MicroBatch;
import training.fusion.trainer.model.NetworkKind;
import training.fusion.trainer.model.NetworkSettings;
import training.fusion.trainer.optim.OptimizerSettings;
import training.fusion.trainer.optim.ParameterGroup;
import training.fusion.trainer.optim.PendingStep;
import training.fusion.trainer.optim.TrainingStep;
import training.fusion.trainer.safetensors.ElementType;
import training.fusion.trainer.safetensors.TensorHeader;
import training.fusion.trainer.safetensors.TensorSource;

/** Files and figures are those of {@code oracle/modules.py}. */
@Tag("libtorch")
@NullUnmarked
@DisplayName("A network of one's own")
class ModuleTrainingTest {
  private static final int IMAGES = 9001; // as in golden.py
  private static final int BATCH = 6;
  private static final int PIXELS = 8;
  private static final int CLASSES = 5;
  private static final List<List<String>> BLOCKS =
      List.of(
          List.of("scale", "features.0", "features.1"),
          List.of("features.3", "features.4"),
          List.of("mix", "gains"),
          List.of("head"));
  private static final String ADAM_SGD =
      "fusion: {lowLevel: {lastBlock: 1, optimizer: {type: Adam, learningRate: 1e-2}}, highLevel: {optimizer: {type: SGD, learningRate: 5e-2, momentum: 0.9}}}";

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"small", "tied"})
  void isTrainedAsByPyTorchsOwnLoop(String name) throws IOException {
    JsonNode golden;
    try (var json = ModuleTrainingTest.class.getResourceAsStream("/modules/" + name + ".json")) {
      golden = new ObjectMapper().readTree(json);
    }
    try (TrainingStep training = training(name + ".pt", ADAM_SGD)) {
      for (int step = 1; step <= golden.get("losses").size(); step++) {
        double loss = golden.get("losses").get(step - 1).asDouble();
        assertThat(step(training, step)).isCloseTo(loss, within(1e-5 * loss));
      }
      float[] logits = logits(training);
      for (int i = 0; i < logits.length; i++) {
        assertThat((double) logits[i])
            .isCloseTo(golden.get("logits").get(i).asDouble(), within(1e-4));
      }
    }
  }

  @Test
  void goesOnBitForBitFromItsState() throws IOException {
    Map<String, float[]> undisturbed;
    try (TrainingStep training = training("dropping.pt", ADAM_SGD)) {
      for (int step = 1; step <= 4; step++) {
        step(training, step);
      }
      undisturbed = values(training);
    }
    try (TrainingStep first = training("dropping.pt", ADAM_SGD);
        TrainingStep second = training("dropping.pt", ADAM_SGD)) {
      step(first, 1);
      step(first, 2);
      second.network().load(first.network().state());
      second.optimizer().load(first.optimizer().state());
      step(second, 3);
      step(second, 4);
      assertThat(values(second)).usingRecursiveComparison().isEqualTo(undisturbed);
    }
  }

  @Test
  void leavesFrozenLevelsAndTheirStatisticsAlone() throws IOException {
    String levels =
        "levels: [{lastBlock: 0, optimizer: {type: None, frozenStatistics: true}}, {lastBlock: 1, optimizer: {type: None}}, {optimizer: {type: Adam}}]";
    try (TrainingStep training = training("small.pt", levels)) {
      Map<String, float[]> before = values(training);
      step(training, 1);
      Map<String, float[]> after = values(training);
      Set<String> unchanged = new TreeSet<>();
      before.forEach(
          (name, values) -> {
            if (Arrays.equals(values, after.get(name))) {
              unchanged.add(name);
            }
          });
      assertThat(unchanged)
          .contains("scale", "features.0.weight", "features.1.running_mean", "features.3.weight")
          .doesNotContain("features.4.running_mean", "mix.one.weight", "gains.0", "head.bias");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "small.pt|" + ADAM_SGD,
        "enumeration.pt|single: {optimizer: {type: SGD, learningRate: 1e-2}}"
      })
  void isGivenOutAsAFileThatComputesTheSame(String name, String optimization) throws IOException {
    try (TrainingStep training = training(name, optimization)) {
      step(training, 1);
      Path given = folder.resolve("given.pt");
      ModuleFile file = ModuleFile.open(resource(name));
      try (var out = Files.newOutputStream(given)) {
        TrainedArchive.write(out, file, "{}", sources(training.network().state()));
      }
      assertThat(ModuleFile.open(given).program()).isEqualTo(file.program());
      try (TrainingStep again = training(given, optimization)) {
        assertThat(logits(again)).isEqualTo(logits(training));
      }
    }
  }

  @Test
  void isRefusedInWordsWhereItGivesNoLogitForEachClass() {
    assertThatThrownBy(() -> training(resource("small.pt"), ADAM_SGD, 7).close())
        .isInstanceOf(TrainingFailure.class)
        .hasMessageContaining("small.pt does not serve as spec.model.module")
        .hasMessageContaining("size [6, 5] for 6 inputs")
        .hasMessageContaining("each of the data set's 7 classes");
  }

  @Test
  void isNotTrainedWhereItsFileSaysSo() throws IOException {
    assertThatThrownBy(() -> training("fixed.pt", ADAM_SGD).close())
        .hasMessageContaining("its parameter features.0.weight is saved with requires_grad False")
        .hasMessageContaining("optimization trains its block 0; give that block to a level with");
    String levels = "levels: [{lastBlock: 0, optimizer: {type: None}}, {optimizer: {type: Adam}}]";
    try (TrainingStep training = training("fixed.pt", levels)) {
      float[] before = values(training).get("features.0.weight");
      step(training, 1);
      assertThat(values(training).get("features.0.weight")).isEqualTo(before);
    }
  }

  private TrainingStep training(String file, String optimization) throws IOException {
    return training(resource(file), optimization);
  }

  private TrainingStep training(Path file, String optimization) throws IOException {
    return training(file, optimization, CLASSES);
  }

  private TrainingStep training(Path file, String optimization, int classes) throws IOException {
    Device device = Libtorch.start(0, 2);
    ModuleFile opened = ModuleFile.open(file);
    NetworkKind kind = ModuleDefinition.kind(opened, blocks(opened), null, null);
    var settings =
        new NetworkSettings(
            kind,
            kind.definition().variant(),
            classes,
            PIXELS,
            0,
            0,
            new NetworkSettings.Pictures(PIXELS, PIXELS, 3),
            Dataset.Resize.Mode.SQUASH,
            Dataset.Resize.Interpolation.BILINEAR,
            InputAugmentation.NONE,
            List.of(0.0, 0.0, 0.0),
            List.of(1.0, 1.0, 1.0),
            0,
            Precision.FP32,
            null,
            null);
    Optimization strategy = new YAMLMapper().readValue(optimization, Optimization.class);
    List<ParameterGroup> groups =
        ParameterGroup.of(strategy, ArchitectureTable.of(kind, classes, PIXELS));
    TrainingStep training =
        TrainingStep.create(
            device,
            settings,
            new OptimizerSettings(
                strategy,
                null,
                null,
                Training.WeightDecayOn.ALL,
                null,
                new OptimizerSettings.RunLength(1, 100)),
            groups,
            Training.UpdateOrder.AFTER_BACKWARD,
            0);
    try (NDManager scope = training.network().manager().newSubManager()) {
      training.network().rehearse(new NDList(images(scope)), labels(scope), InputDraws.NONE);
      return training;
    } catch (RuntimeException e) {
      training.close();
      throw e;
    }
  }

  private static @Nullable List<List<String>> blocks(ModuleFile file) {
    if (file.modules().parameters().stream().noneMatch(p -> p.name().equals("scale"))) {
      return null;
    }
    if (file.modules().parameters().stream().noneMatch(p -> p.name().equals("gain"))) {
      return BLOCKS;
    }
    List<List<String>> blocks = new ArrayList<>(BLOCKS);
    blocks.set(2, List.of("mix", "gains", "gain"));
    return blocks;
  }

  private static double step(TrainingStep training, long step) {
    try (NDManager scope = training.network().manager().newSubManager();
        PendingStep pending =
            training.step(
                images(scope),
                labels(scope),
                InputDraws.NONE,
                MicroBatch.of(List.of(BATCH), image -> 1),
                3,
                step)) {
      return pending.read().loss();
    }
  }

  private static float[] logits(TrainingStep training) {
    try (NDManager scope = training.network().manager().newSubManager()) {
      Evaluation evaluation = training.network().evaluate(images(scope), labels(scope));
      float[] logits = new float[BATCH * CLASSES];
      for (int i = 0; i < logits.length; i++) {
        logits[i] = evaluation.logit(i / CLASSES, i % CLASSES);
      }
      return logits;
    }
  }

  private static NDArray images(NDManager scope) {
    byte[] pixels = new byte[BATCH * PIXELS * PIXELS * 3];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) (int) Math.floor(((float) Golden.u(IMAGES, i) + 1) * 127);
    }
    return scope.create(
        ByteBuffer.wrap(pixels), new Shape(BATCH, PIXELS, PIXELS, 3), DataType.UINT8);
  }

  private static NDArray labels(NDManager scope) {
    long[] labels = new long[BATCH];
    for (int i = 0; i < BATCH; i++) {
      labels[i] = (3L * i + 1) % CLASSES;
    }
    return scope.create(labels);
  }

  private static Map<String, float[]> values(TrainingStep training) {
    Map<String, NDArray> all = new LinkedHashMap<>(training.network().state());
    all.putAll(training.optimizer().state());
    Map<String, float[]> values = new LinkedHashMap<>();
    all.forEach(
        (name, array) -> {
          if (array.getDataType() == DataType.FLOAT32) {
            values.put(name, array.toFloatArray());
          }
        });
    return values;
  }

  private static List<TensorSource> sources(Map<String, NDArray> state) {
    List<TensorSource> sources = new ArrayList<>();
    state.forEach(
        (name, array) -> {
          ElementType type =
              switch (array.getDataType()) {
                case FLOAT32 -> ElementType.F32;
                case INT64 -> ElementType.I64;
                default -> ElementType.BOOL;
              };
          List<Long> shape = new ArrayList<>();
          for (long extent : array.getShape().getShape()) {
            shape.add(extent);
          }
          sources.add(
              new TensorSource(
                  new TensorHeader(name, type, shape),
                  () -> array.toByteBuffer().order(ByteOrder.LITTLE_ENDIAN)));
        });
    return sources;
  }

  private static Path resource(String name) {
    return Path.of(
        Objects.requireNonNull(ModuleTrainingTest.class.getResource("/modules/" + name)).getPath());
  }
}
