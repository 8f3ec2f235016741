package training.fusion.trainer.model;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import training.fusion.api.Architecture;
import training.fusion.api.Dataset;
import training.fusion.api.Training.Precision;
import training.fusion.trainer.model.architecture.BufferSpec;
import training.fusion.trainer.model.architecture.ParameterSpec;
import training.fusion.trainer.model.architecture.ParameterSpec.Initialization;

/**
 * A network at one size, filled by the hash, and the figures of {@code oracle/networks.py} for it.
 */
record NetworkGolden(Architecture architecture, int pixels) {
  private static final JsonNode FIXTURE = Golden.read("networks.json");
  static final int BATCH = FIXTURE.get("batch").asInt();
  static final double DEPTH = FIXTURE.get("depth").asDouble();

  /** All sizes of these networks. */
  static Stream<NetworkGolden> of(Stream<Architecture> architectures) {
    return architectures.flatMap(
        architecture -> {
          List<NetworkGolden> sizes = new ArrayList<>();
          of(architecture)
              .get("sizes")
              .fieldNames()
              .forEachRemaining(
                  px -> sizes.add(new NetworkGolden(architecture, Integer.parseInt(px))));
          return sizes.stream();
        });
  }

  /** What the libraries gave for a network. */
  static JsonNode of(Architecture architecture) {
    return Objects.requireNonNull(
        FIXTURE.get("networks").get(architecture.toString()), architecture.toString());
  }

  /**
   * The figures.
   *
   * @param mode eval or train
   */
  JsonNode figures(String mode) {
    return of(architecture).get("sizes").get(Integer.toString(pixels)).get(mode);
  }

  NetworkSettings settings(Precision precision) {
    return new NetworkSettings(
        NetworkKind.of(architecture),
        ArchitectureTable.defaultVariant(architecture),
        Golden.CLASSES,
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

  /** A parameter's values, exact in fp32. */
  double[] parameter(int k, ParameterSpec spec) {
    boolean matrix =
        spec.shape().dimension() >= 2
            && !spec.name().matches(".*(_token|pos_embedding|bias_table)");
    long fanIn = spec.size() / spec.shape().get(0);
    double gain = of(architecture).get("gain").asDouble();
    double scale =
        switch (spec.initialization()) {
          case ONES -> 0.1;
          case SCALE_1E_6 -> 0.3;
          default -> matrix ? (float) (gain * Math.sqrt(3.0 / fanIn)) : 0.1;
        };
    double offset = spec.initialization() == Initialization.ONES ? 1 : 0;
    double[] values = new double[(int) spec.size()];
    IntStream.range(0, values.length)
        .parallel()
        .forEach(i -> values[i] = (float) (offset + scale * Golden.u(k, i)));
    return values;
  }

  /** The running statistics of a batch norm, exact in fp32. */
  static double[] buffer(int k, BufferSpec spec) {
    double[] values = new double[spec.channels()];
    for (int i = 0; i < values.length; i++) {
      double u = Golden.u(1000 + k, i);
      values[i] = (float) (spec.name().endsWith("running_var") ? 1 + 0.3 * u : 0.1 * u);
    }
    return values;
  }

  /** The batch, [images, 3, pixels, pixels]. */
  double[] images() {
    double[] values = new double[BATCH * 3 * pixels * pixels];
    for (int i = 0; i < values.length; i++) {
      values[i] = Golden.u(9001, i);
    }
    return values;
  }

  static long[] labels() {
    return IntStream.range(0, BATCH).mapToLong(i -> (3 * i + 1) % Golden.CLASSES).toArray();
  }

  /** Gradients as the fixture has them: of each block, matrices and vectors apart. */
  static Map<String, List<double[]>> grouped(List<ParameterSpec> specs, List<double[]> gradients) {
    Map<String, List<double[]>> groups = new LinkedHashMap<>();
    for (int i = 0; i < specs.size(); i++) {
      ParameterSpec spec = specs.get(i);
      String kind = spec.shape().dimension() > 1 ? "matrices" : "vectors";
      groups
          .computeIfAbsent(spec.block() + " " + kind, key -> new ArrayList<>())
          .add(gradients.get(i));
    }
    return groups;
  }

  /** ‖values − reference‖ / ‖reference‖ by their projections. */
  static double difference(List<double[]> tensors, JsonNode reference) {
    JsonNode sketch = reference.get("sketch");
    double squares = 0;
    for (int j = 0; j < sketch.size(); j++) {
      double projection = 0;
      for (double[] values : tensors) {
        float[] signs = Golden.signs(j, values.length);
        for (int i = 0; i < values.length; i++) {
          projection += signs[i] * values[i];
        }
      }
      squares += Math.pow(projection - sketch.get(j).asDouble(), 2);
    }
    return Math.sqrt(squares / sketch.size()) / reference.get("norm").asDouble();
  }

  /** The largest difference of the groups that the fixture has. */
  static double largest(Map<String, List<double[]>> groups, JsonNode reference) {
    double largest = 0;
    for (var group : groups.entrySet()) {
      largest =
          Math.max(
              largest,
              difference(
                  group.getValue(),
                  Objects.requireNonNull(reference.get(group.getKey()), group.getKey())));
    }
    return largest;
  }

  @Override
  public String toString() {
    return "%s at %d pixels".formatted(architecture, pixels);
  }
}
