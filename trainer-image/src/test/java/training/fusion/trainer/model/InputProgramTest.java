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
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import training.fusion.api.Architecture;
import training.fusion.api.Dataset.Resize.Interpolation;
import training.fusion.api.Dataset.Resize.Mode;
import training.fusion.api.Training;
import training.fusion.api.Training.Augmentation;
import training.fusion.trainer.model.NetworkSettings.Pictures;
import training.fusion.trainer.picture.Framing;
import training.fusion.trainer.picture.Picture;

@Tag("libtorch")
@DisplayName("The network's input")
class InputProgramTest {
  private static final int SIZE = 32;
  private static final int IMAGES = 4000;

  /** The Java way is compared with Pillow itself in PillowParityTest. */
  @ParameterizedTest
  @CsvSource({
    "SQUASH, BILINEAR, 28, 28, 1, 60",
    "SQUASH, BICUBIC, 32, 32, 3, 61",
    "SQUASH, BICUBIC, 50, 41, 3, 32",
    "SHORTER_SIDE_CENTER_CROP, BICUBIC, 40, 75, 3, 33",
    "SHORTER_SIDE_CENTER_CROP, BILINEAR, 75, 40, 1, 48",
    "PAD, BICUBIC, 28, 75, 3, 36",
    "PAD, BILINEAR, 28, 20, 1, 32"
  })
  void isScaledOnTheDeviceAsPillowScalesIt(
      Mode mode, Interpolation interpolation, int height, int width, int channels, int size) {
    byte[] samples = new byte[2 * height * width * channels];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = (byte) (128 + 127 * Math.sin(i * 0.37 + i / 50.0) * Golden.u(7, i));
    }
    var pictures = new Pictures(height, width, channels);
    float[] input =
        run(settings(pictures, mode, interpolation, size, Augmentation.NONE), true, samples, 2, 0);
    var framing = new Framing(mode, interpolation, size);
    int half = samples.length / 2;
    int different = 0;
    for (int image = 0; image < 2; image++) {
      byte[] one = Arrays.copyOfRange(samples, image * half, (image + 1) * half);
      byte[] expected = framing.apply(new Picture(height, width, channels, one)).samples();
      for (int i = 0; i < size * size * 3; i++) {
        int pixel = i / 3;
        int channel = i % 3;
        float found = input[(image * 3 + channel) * size * size + pixel];
        int wanted = expected[pixel * channels + Math.min(channel, channels - 1)] & 0xff;
        assertThat(found).isCloseTo(wanted, within(1f));
        different += found == wanted ? 0 : 1;
      }
    }
    // sums that end in exactly ½ are common where sizes have small ratios, such as 5 to 6; Pillow's
    // weights of 22 bits and libtorch's of 24 may then round them to different sides
    assertThat(different).isLessThanOrEqualTo(2 * size * size * 3 / 20);
  }

  @Test
  void isFlippedHalfOfTheTime() {
    float[] input = augmented(Augmentation.FLIP, 1);
    int flipped = 0;
    for (int image = 0; image < IMAGES; image++) {
      boolean turned = at(input, image, 0, 0) == SIZE - 1;
      flipped += turned ? 1 : 0;
      for (int x = 0; x < SIZE; x++) {
        assertThat(at(input, image, 5, x)).isEqualTo(turned ? SIZE - 1 - x : x);
      }
    }
    assertThat(flipped).isBetween(IMAGES / 2 - 130, IMAGES / 2 + 130); // 4 standard deviations
  }

  @Test
  void isMovedByUpToAnEighthEachWayWithBlackAround() {
    float[] input = augmented(Augmentation.FLIP_AND_CROP, 2);
    int[] across = new int[9];
    int[] down = new int[9];
    for (int image = 0; image < IMAGES; image++) {
      int middle = (int) at(input, image, 16, 16) - 1; // pictures are one brighter than x here
      boolean turned = at(input, image, 16, 17) < at(input, image, 16, 16);
      int moved = turned ? SIZE - 1 - middle - 16 : middle - 16;
      int rows = 0; // black ones above, less those below
      for (int y = 0; y < 4; y++) {
        rows += at(input, image, y, 16) == 0 ? -1 : 0;
        rows += at(input, image, SIZE - 1 - y, 16) == 0 ? 1 : 0;
      }
      across[moved + 4]++;
      down[rows + 4]++;
      for (int x = 0; x < SIZE; x++) {
        int from = turned ? SIZE - 1 - x - moved : x + moved;
        boolean inside = x + moved >= 0 && x + moved < SIZE;
        assertThat(at(input, image, 16, x)).isEqualTo(inside ? from + 1 : 0);
      }
    }
    assertThat(chiSquare(across)).isLessThan(26.1); // 8 degrees of freedom, p = 0.001
    assertThat(chiSquare(down)).isLessThan(26.1);
  }

  @Test
  void isDrawnFromTheSeedAloneAndNotAtAllInEvaluation() {
    assertThat(augmented(Augmentation.FLIP_AND_CROP, 3))
        .isEqualTo(augmented(Augmentation.FLIP_AND_CROP, 3))
        .isNotEqualTo(augmented(Augmentation.FLIP_AND_CROP, 4));
    var pictures = new Pictures(SIZE, SIZE, 1);
    for (Augmentation augmentation : Augmentation.values()) {
      float[] input =
          run(
              settings(pictures, Mode.SQUASH, Interpolation.BILINEAR, SIZE, augmentation),
              false,
              ramps(0),
              IMAGES,
              5);
      assertThat(at(input, 17, 3, 9)).isEqualTo(9);
    }
  }

  private static double chiSquare(int[] counts) {
    double expected = (double) IMAGES / counts.length;
    double sum = 0;
    for (int count : counts) {
      sum += (count - expected) * (count - expected) / expected;
    }
    return sum;
  }

  private static float[] augmented(Augmentation augmentation, long seed) {
    boolean crops = augmentation == Augmentation.FLIP_AND_CROP;
    var settings =
        settings(
            new Pictures(SIZE, SIZE, 1), Mode.SQUASH, Interpolation.BILINEAR, SIZE, augmentation);
    return run(settings, true, ramps(crops ? 1 : 0), IMAGES, seed);
  }

  /** Grey pictures whose pixels are as bright as their column's number, and {@code more}. */
  private static byte[] ramps(int more) {
    byte[] samples = new byte[IMAGES * SIZE * SIZE];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = (byte) (i % SIZE + more);
    }
    return samples;
  }

  private static float at(float[] input, int image, int y, int x) {
    return input[((image * 3) * SIZE + y) * SIZE + x];
  }

  /** Mean 0 and deviation 1/255: pixels keep their values. */
  private static NetworkSettings settings(
      Pictures pictures,
      Mode mode,
      Interpolation interpolation,
      int size,
      Augmentation augmentation) {
    return new NetworkSettings(
        NetworkKind.of(Architecture.EFFICIENTNET_V2_S),
        ArchitectureTable.defaultVariant(Architecture.EFFICIENTNET_V2_S),
        10,
        size,
        0,
        0,
        pictures,
        mode,
        interpolation,
        InputAugmentation.of(augmentation),
        List.of(0.0, 0.0, 0.0),
        List.of(1 / 255.0, 1 / 255.0, 1 / 255.0),
        0,
        Training.Precision.FP32,
        null,
        null);
  }

  /** [images, 3, size, size], rounded to what it was before the normalisation. */
  private static float[] run(
      NetworkSettings settings, boolean training, byte[] samples, int images, long seed) {
    Pictures pictures = settings.pictures();
    try (NDManager manager = NDManager.newBaseManager(Libtorch.start(0, 1));
        var program =
            ScriptArchive.compile(
                manager,
                "  def forward(self: __torch__.Program, x: Tensor, norm: Tensor) -> List[Tensor]:\n"
                    + InputProgram.text(settings, training)
                    + "    return [torch.contiguous(h)]\n")) {
      JniUtils.setSeed(seed);
      Shape shape =
          pictures.channels() == 1
              ? new Shape(images, pictures.height(), pictures.width())
              : new Shape(images, pictures.height(), pictures.width(), pictures.channels());
      ByteBuffer direct = ByteBuffer.allocateDirect(samples.length).put(samples).flip();
      NDArray x = manager.create(direct, shape, DataType.UINT8);
      float deviation = (float) (1 / 255.0);
      float[] norm = {0, 0, 0, deviation, deviation, deviation};
      NDArray name = manager.create(0);
      name.setName("module_method:forward");
      NDArray normalization = manager.create(norm, new Shape(2, 3));
      float[] input =
          IValueUtils.forward(program, new NDList(name, x, normalization), true)
              .get(0)
              .toFloatArray();
      for (int i = 0; i < input.length; i++) {
        input[i] = Math.round(input[i]);
      }
      return input;
    }
  }
}
