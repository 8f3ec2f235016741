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
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import training.fusion.api.Architecture;
import training.fusion.api.Dataset;
import training.fusion.api.Training;

/** The fixtures of {@code trainer-image/oracle/golden.py}, and the hash that fills its tensors. */
public enum Golden {
  PIXELS_64("efficientnet-v2-s.json", 64, 4, 1e-4),
  /** At 32 pixels the last blocks see a single pixel, which has statements of its own. */
  PIXELS_32("efficientnet-v2-s-32px.json", 32, 16, 3e-4);

  public static final int CLASSES = 10;
  private static final double GAIN = 1.2;
  private static final int PROJECTIONS = 8;
  private static final float[][] SIGNS = new float[PROJECTIONS][];

  final int pixels;
  final int batch;

  /** Ten times PyTorch's own fp32 error, as the fixture has it. */
  final double trainLogitsBound;

  private final String file;

  Golden(String file, int pixels, int batch, double trainLogitsBound) {
    this.file = file;
    this.pixels = pixels;
    this.batch = batch;
    this.trainLogitsBound = trainLogitsBound;
  }

  public JsonNode fixture() {
    return read(file);
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
    return new NetworkSettings(
        Architecture.EFFICIENTNET_V2_S,
        ArchitectureTable.defaultVariant(Architecture.EFFICIENTNET_V2_S),
        CLASSES,
        pixels,
        0,
        0,
        new NetworkSettings.Pictures(pixels, pixels, 3),
        Dataset.Resize.Mode.SQUASH,
        List.of(0.0, 0.0, 0.0),
        List.of(1 / 255.0, 1 / 255.0, 1 / 255.0),
        0,
        Training.Precision.FP32);
  }

  public Network network(TrainableBlocks trainable) {
    Network network = Network.create(Libtorch.start(0, 1), settings(), trainable, 0);
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

  private static final Map<Integer, float[]> PARAMETERS = new ConcurrentHashMap<>();

  private static float[] parameter(int k, ParameterSpec spec) {
    return PARAMETERS.computeIfAbsent(k, index -> hashed(index, spec));
  }

  private static float[] hashed(int k, ParameterSpec spec) {
    boolean norm =
        spec.name().matches(".*\\.1\\.(weight|bias)") && !spec.name().startsWith("class");
    long fanIn = spec.size() / spec.shape().get(0);
    double scale = (float) (GAIN * Math.sqrt(3.0 / fanIn));
    float[] values = new float[(int) spec.size()];
    for (int i = 0; i < values.length; i++) {
      double u = u(k, i);
      if (norm) {
        values[i] = (float) (spec.name().endsWith("weight") ? 1 + 0.1 * u : 0.1 * u);
      } else {
        values[i] = (float) (spec.shape().dimension() >= 2 ? scale * u : 0.1 * u);
      }
    }
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
    double squares = 0;
    for (int j = 0; j < PROJECTIONS; j++) {
      float[] signs = signs(j, values.length);
      double projection = 0;
      for (int i = 0; i < values.length; i++) {
        projection += signs[i] * values[i];
      }
      double difference = projection - reference.get("sketch").get(j).asDouble();
      squares += difference * difference;
    }
    return Math.sqrt(squares / PROJECTIONS) / reference.get("norm").asDouble();
  }

  private static synchronized float[] signs(int j, int length) {
    if (SIGNS[j] == null || SIGNS[j].length < length) {
      SIGNS[j] = new float[length];
      for (int i = 0; i < length; i++) {
        SIGNS[j][i] = u(20000 + j, i) >= 0 ? 1 : -1;
      }
    }
    return SIGNS[j];
  }
}
