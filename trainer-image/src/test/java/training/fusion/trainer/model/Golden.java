package training.fusion.trainer.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import training.fusion.api.Architecture;
import training.fusion.api.Dataset;
import training.fusion.api.Training;
import training.fusion.trainer.model.architecture.BufferSpec;
import training.fusion.trainer.model.architecture.ParameterSpec;

/** The fixtures of {@code trainer-image/oracle/golden.py}, and the hash that fills its tensors. */
public enum Golden {
  PIXELS_64("efficientnet-v2-s", Architecture.EFFICIENTNET_V2_S, 64, 4, 1e-4),
  /** At 32 pixels the last blocks see a single pixel, which has statements of its own. */
  PIXELS_32("efficientnet-v2-s-32px", Architecture.EFFICIENTNET_V2_S, 32, 16, 3e-4),
  VIT("vit-b-16", Architecture.VIT_B_16, 32, 2, 2e-5),
  /** Eight pixels on two sides are of no whole patch. */
  VIT_40("vit-b-16-40px", Architecture.VIT_B_16, 40, 2, 2e-5),
  /** As torchvision initialises the head: nothing below it gets a gradient. */
  VIT_ZERO_HEAD("vit-b-16-zero-head", Architecture.VIT_B_16, 32, 2, 2e-5);

  public static final int CLASSES = 10;
  private static final int PROJECTIONS = 8;
  private static final float[][] SIGNS = new float[PROJECTIONS][];

  final Architecture architecture;
  final int pixels;
  final int batch;

  /** Ten times PyTorch's own fp32 error, as the fixture has it. */
  final double trainLogitsBound;

  /** Likewise, of a gradient's difference relative to its norm. */
  final double gradientBound;

  /** Likewise, of the difference of the norms. */
  final double gradientNormBound;

  /** The fixture's name, without its ending. */
  final String file;

  Golden(String file, Architecture architecture, int pixels, int batch, double trainLogitsBound) {
    this.file = file;
    this.architecture = architecture;
    this.pixels = pixels;
    this.batch = batch;
    this.trainLogitsBound = trainLogitsBound;
    this.gradientBound = vit() ? 3e-5 : 2e-4;
    this.gradientNormBound = vit() ? 5e-6 : 2e-4;
  }

  /** All blocks and the head. */
  TrainableBlocks all() {
    return TrainableBlocks.all(table());
  }

  /** What the network consists of. */
  public ArchitectureTable table() {
    return ArchitectureTable.of(architecture, CLASSES, pixels);
  }

  boolean vit() {
    return architecture == Architecture.VIT_B_16;
  }

  public JsonNode fixture() {
    return read(file + ".json");
  }

  public static JsonNode read(String name) {
    try (var stream = Golden.class.getResourceAsStream("/golden/" + name)) {
      return new ObjectMapper().readTree(stream);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /** Element {@code i} of tensor {@code k}, in [−1, 1), exact in fp32. */
  public static double u(long k, long i) {
    long x = (i * 2654435761L + k * 40503L * 65536L + 0x9E3779B9L) & 0xFFFFFFFFL;
    for (int round = 0; round < 2; round++) {
      x ^= x >>> 16;
      x = (x * 0x45D9F3BL) & 0xFFFFFFFFL;
    }
    x ^= x >>> 16;
    return (x >>> 8) / 8388608.0 - 1;
  }

  /** The fixture's network: pictures are fp32 in [−1, 1) and pass the normalisation unchanged. */
  NetworkSettings settings() {
    return settings(Training.Precision.FP32);
  }

  NetworkSettings settings(Training.Precision precision) {
    return new NetworkSettings(
        NetworkKind.of(architecture),
        ArchitectureTable.defaultVariant(architecture),
        CLASSES,
        pixels,
        0,
        0,
        new NetworkSettings.Pictures(pixels, pixels, 3),
        Dataset.Resize.Mode.SQUASH,
        Dataset.Resize.Interpolation.BILINEAR,
        InputAugmentation.NONE,
        List.of(0.0, 0.0, 0.0),
        List.of(1 / 255.0, 1 / 255.0, 1 / 255.0),
        0,
        precision,
        null,
        null);
  }

  /** The same with what is drawn at random in training. */
  private NetworkSettings drawing(Training.Precision precision) {
    NetworkSettings plain = settings(precision);
    return new NetworkSettings(
        NetworkKind.of(architecture),
        plain.variant(),
        plain.classes(),
        plain.imageSize(),
        0.2,
        vit() ? 0 : 0.2,
        plain.pictures(),
        plain.resize(),
        plain.interpolation(),
        plain.augmentation(),
        plain.mean(),
        plain.std(),
        0.1,
        precision,
        null,
        null);
  }

  /** The same with another training loss. */
  NetworkSettings settings(double labelSmoothing, List<Double> classWeights) {
    NetworkSettings plain = settings();
    return new NetworkSettings(
        NetworkKind.of(architecture),
        plain.variant(),
        plain.classes(),
        plain.imageSize(),
        plain.dropout(),
        plain.stochasticDepth(),
        plain.pictures(),
        plain.resize(),
        plain.interpolation(),
        plain.augmentation(),
        plain.mean(),
        plain.std(),
        labelSmoothing,
        plain.precision(),
        classWeights,
        null);
  }

  public Network network(TrainableBlocks trainable) {
    return network(trainable, Training.Precision.FP32);
  }

  /** With blocks that are frozen. */
  public Network network(TrainableBlocks trainable, FrozenBlocks frozen) {
    return filled(
        Network.create(Libtorch.start(0, 1), settings(), trainable, frozen, List.of(), 0));
  }

  Network network(TrainableBlocks trainable, Training.Precision precision) {
    return network(trainable, settings(precision));
  }

  Network network(TrainableBlocks trainable, NetworkSettings settings) {
    return filled(Network.create(Libtorch.start(0, 1), settings, trainable, 0));
  }

  /**
   * The fixture's network with dropout, stochastic depth and label smoothing.
   *
   * @param segments how its passes are cut; none: not
   */
  public Network network(
      TrainableBlocks trainable,
      FrozenBlocks frozen,
      List<TrainableBlocks> segments,
      Training.Precision precision) {
    return filled(
        Network.create(Libtorch.start(0, 1), drawing(precision), trainable, frozen, segments, 0));
  }

  private Network filled(Network network) {
    try (NDManager scope = network.manager().newSubManager()) {
      Map<String, NDArray> state = new LinkedHashMap<>();
      ArchitectureTable table = network.table();
      for (int k = 0; k < table.parameters().size(); k++) {
        ParameterSpec spec = table.parameters().get(k);
        state.put(spec.name(), scope.create(parameter(k, spec), spec.shape()));
      }
      for (int k = 0; k < table.buffers().size(); k++) {
        BufferSpec spec = table.buffers().get(k);
        state.put(
            spec.name(),
            spec.counter()
                ? scope.zeros(new Shape(), DataType.INT64)
                : scope.create(buffer(k, spec)));
      }
      network.load(state);
    }
    return network;
  }

  private float[] parameter(int k, ParameterSpec spec) {
    String name = spec.name();
    boolean norm =
        vit()
            ? name.matches("encoder\\.(.*\\.)?ln(_[12])?\\.(weight|bias)")
            : name.matches(".*\\.1\\.(weight|bias)") && !name.startsWith("class");
    boolean token = name.endsWith("_token") || name.endsWith("pos_embedding");
    boolean zero = this == VIT_ZERO_HEAD && name.startsWith("heads");
    long fanIn = spec.size() / spec.shape().get(0);
    double gain = vit() ? 1.0 : 1.2;
    double scale =
        zero
            ? 0
            : spec.shape().dimension() >= 2 && !token
                ? (float) (gain * Math.sqrt(3.0 / fanIn))
                : 0.1;
    double offset = norm && name.endsWith("weight") ? 1 : 0;
    float[] values = new float[(int) spec.size()];
    IntStream.range(0, values.length)
        .parallel()
        .forEach(i -> values[i] = (float) (offset + scale * u(k, i)));
    return values;
  }

  private static float[] buffer(int k, BufferSpec spec) {
    float[] values = new float[spec.channels()];
    for (int i = 0; i < values.length; i++) {
      double u = u(1000 + k, i);
      values[i] = (float) (spec.name().endsWith("running_var") ? 1 + 0.3 * u : 0.1 * u);
    }
    return values;
  }

  /** The fixture's batch, [images, height, width, 3]. */
  public NDArray images(NDManager manager) {
    var shape = new Shape(batch, 3, pixels, pixels);
    float[] values = new float[(int) shape.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) u(9001, i);
    }
    return manager.create(values, shape).transpose(0, 2, 3, 1);
  }

  /** The fixture's labels. */
  public NDArray labels(NDManager manager) {
    return manager.create(
        IntStream.range(0, batch).mapToLong(i -> (3 * i + 1) % CLASSES).toArray());
  }

  /**
   * ‖values − reference‖ / ‖reference‖, estimated without bias (of its square) from projections
   * onto random signs.
   */
  static double relativeDifference(float[] values, JsonNode reference) {
    return relativeDifference(List.of(values), reference);
  }

  /** The same of tensors together, each projected onto the same signs. */
  public static double relativeDifference(List<float[]> tensors, JsonNode reference) {
    double squares = 0;
    for (int j = 0; j < PROJECTIONS; j++) {
      double projection = 0;
      for (float[] values : tensors) {
        float[] signs = signs(j, values.length);
        for (int i = 0; i < values.length; i++) {
          projection += signs[i] * values[i];
        }
      }
      double difference = projection - reference.get("sketch").get(j).asDouble();
      squares += difference * difference;
    }
    return Math.sqrt(squares / PROJECTIONS) / reference.get("norm").asDouble();
  }

  static synchronized float[] signs(int j, int length) {
    if (SIGNS[j] == null || SIGNS[j].length < length) {
      SIGNS[j] = new float[length];
      for (int i = 0; i < length; i++) {
        SIGNS[j][i] = u(20000 + j, i) >= 0 ? 1 : -1;
      }
    }
    return SIGNS[j];
  }
}
