package training.fusion.trainer.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import training.fusion.api.Architecture;
import training.fusion.api.Dataset.Resize.Interpolation;
import training.fusion.api.Dataset.Resize.Mode;
import training.fusion.api.Training.Precision;
import training.fusion.trainer.model.InputAugmentation.Erasing;
import training.fusion.trainer.model.NetworkSettings.Pictures;
import training.fusion.trainer.model.architecture.ArchitectureProgram;
import training.fusion.trainer.model.architecture.BufferSpec;
import training.fusion.trainer.model.architecture.ParameterSpec;

/** Against what {@code src/test/golden/augmentation/mixing.py} had of torch and torchvision. */
@Tag("libtorch")
@DisplayName("The program that trains a network")
class MixedBatchTest {
  private static final int IMAGES = 3;
  private static final int SIZE = 6;
  private static final int CLASSES = 7;
  private static final JsonNode FIXTURE = read();

  @Test
  @DisplayName("mixes and erases inputs as MixUp, CutMix and erase of torchvision")
  void inputs() {
    for (JsonNode row : FIXTURE.get("images")) {
      boolean mixes = row.has("mixed");
      NetworkSettings settings = settings(mixes, mixes ? Erasing.NONE : Erasing.ZEROS, 0, null);
      assertThat(input(settings, row))
          .as("%s", row.get("name"))
          .containsExactly(floats(row.get("input")), within(2e-6f));
    }
  }

  @Test
  @DisplayName("erases with noise of deviation 1, inside the boxes only")
  void noise() {
    JsonNode row = FIXTURE.get("images").get(2);
    float[] zeros = floats(row.get("input"));
    float[] noise = input(settings(false, Erasing.NOISE, 0, null), row);
    int erased = 0;
    double squares = 0;
    for (int i = 0; i < zeros.length; i++) {
      if (Math.abs(zeros[i] - noise[i]) > 2e-6f) {
        assertThat(zeros[i]).isZero();
        erased++;
        squares += noise[i] * noise[i];
      }
    }
    assertThat(erased).isEqualTo(3 * (3 * 4 + 1));
    assertThat(squares / erased).isBetween(0.3, 2.5);
  }

  @Test
  @DisplayName("has torch's loss of mixed labels, its gradient, and what counts as correct")
  void losses() {
    for (JsonNode row : FIXTURE.get("losses")) {
      List<Double> weights =
          row.get("weights").isNull()
              ? null
              : new ObjectMapper().convertValue(row.get("weights"), new TypeReference<>() {});
      NetworkSettings settings =
          settings(true, Erasing.NONE, row.get("smoothing").asDouble(), weights);
      try (NDManager manager = NDManager.newBaseManager(Libtorch.start(0, 1));
          var program =
              ScriptArchive.compile(
                  manager, NetworkProgram.text(settings, new LogitsAlone(), parameter -> true))) {
        JniUtils.setGradMode(true);
        NDArray logits = manager.create(floats(row.get("logits")), new Shape(IMAGES, CLASSES));
        logits.setName("state[]");
        float share = (float) row.get("share").asDouble();
        NDList inputs = new NDList(method(manager), logits, pixels(manager));
        inputs.add(manager.create(new long[] {2, 0, 6}));
        inputs.add(manager.create(new float[6], new Shape(2, 3)));
        if (weights != null) {
          inputs.add(manager.create(floats(row.get("weights"))));
        }
        inputs.add(manager.create(new float[] {1, 0, 0, 0, 0, 0, share, 1 - share}));
        NDList out = IValueUtils.forward(program, inputs, true);
        assertThat(out.get(0).getFloat())
            .as("%s", row)
            .isCloseTo((float) row.get("loss").asDouble(), within(2e-6f));
        assertThat(out.get(1).getLong()).as("%s", row).isEqualTo(row.get("correct").asLong());
        assertThat(out.get(3).toFloatArray())
            .as("%s", row)
            .containsExactly(floats(row.get("gradient")), within(2e-6f));
      }
    }
  }

  /** A network whose only parameter is its logits. */
  private static final class LogitsAlone implements ArchitectureProgram {
    @Override
    public List<ParameterSpec> parameters() {
      return List.of(
          new ParameterSpec(
              "logits",
              new Shape(IMAGES, CLASSES),
              0,
              ParameterSpec.Initialization.ZEROS,
              1,
              false));
    }

    @Override
    public List<BufferSpec> buffers() {
      return List.of();
    }

    @Override
    public String statements(boolean train) {
      return "    h = p[0]\n";
    }

    @Override
    public List<String> blocks() {
      return List.of(statements(true));
    }
  }

  private static float[] input(NetworkSettings settings, JsonNode row) {
    boolean mixes = settings.augmentation().mixes();
    try (NDManager manager = NDManager.newBaseManager(Libtorch.start(0, 1));
        var program =
            ScriptArchive.compile(
                manager,
                "  def forward(self: __torch__.Program, x: Tensor, norm: Tensor, %s: Tensor) -> List[Tensor]:\n"
                        .formatted(mixes ? "mixed" : "erased")
                    + InputProgram.text(settings, true)
                    + "    return [torch.contiguous(h)]\n")) {
      JniUtils.setSeed(1);
      NDArray norm =
          manager.create(new float[] {0.5f, 0.25f, 0.125f, 0.5f, 0.25f, 1}, new Shape(2, 3));
      NDArray draws =
          mixes
              ? manager.create(floats(row.get("mixed")))
              : manager.create(
                  new ObjectMapper().convertValue(flat(row.get("erased")), long[].class),
                  new Shape(IMAGES, 4));
      return IValueUtils.forward(
              program, new NDList(method(manager), pixels(manager), norm, draws), true)
          .get(0)
          .toFloatArray();
    }
  }

  private static NDArray method(NDManager manager) {
    NDArray name = manager.create(0);
    name.setName("module_method:forward");
    return name;
  }

  private static NDArray pixels(NDManager manager) {
    ByteBuffer pixels = ByteBuffer.allocateDirect(IMAGES * SIZE * SIZE * 3);
    for (int i = 0; i < pixels.capacity(); i++) {
      pixels.put(i, (byte) (i * 37 % 251));
    }
    return manager.create(pixels, new Shape(IMAGES, SIZE, SIZE, 3), DataType.UINT8);
  }

  private static NetworkSettings settings(
      boolean mixes, Erasing erasing, double smoothing, @Nullable List<Double> weights) {
    return new NetworkSettings(
        NetworkKind.of(Architecture.EFFICIENTNET_V2_S),
        ArchitectureTable.defaultVariant(Architecture.EFFICIENTNET_V2_S),
        CLASSES,
        SIZE,
        0,
        0,
        new Pictures(SIZE, SIZE, 3),
        Mode.SQUASH,
        Interpolation.BILINEAR,
        new InputAugmentation(true, false, false, erasing, mixes),
        List.of(0.5, 0.25, 0.125),
        List.of(0.5, 0.25, 1.0),
        smoothing,
        Precision.FP32,
        weights,
        null);
  }

  private static List<Long> flat(JsonNode lists) {
    var numbers = new ArrayList<Long>();
    lists.forEach(list -> list.forEach(number -> numbers.add(number.asLong())));
    return numbers;
  }

  private static float[] floats(JsonNode list) {
    return new ObjectMapper().convertValue(list, float[].class);
  }

  private static JsonNode read() {
    try {
      return new ObjectMapper()
          .readTree(Path.of("src/test/golden/augmentation/mixing.json").toFile());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
