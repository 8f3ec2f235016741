package training.fusion.trainer.model;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.sampling.distribution.ZigguratSampler;
import training.fusion.trainer.model.architecture.ParameterSpec;
import training.fusion.trainer.model.architecture.ParameterSpec.Initialization;

/**
 * Initial weights as a function of (seed, index of the parameter) alone, drawn in Java so that they
 * do not depend on the device, nor on the JDK: of its generator only the bits are used, whose
 * algorithm is fixed, not {@code nextGaussian}, which differs from JDK 17 to 25.
 */
public final class Initializer {
  private Initializer() {}

  /** Values of a parameter, row-major. */
  static float[] values(ParameterSpec parameter, int index, long seed) {
    float[] values = new float[Math.toIntExact(parameter.size())];
    UniformRandomProvider random = new SplittableRandom(Randomness.mix(seed, index))::nextLong;
    double fan = (double) parameter.fan();
    switch (parameter.initialization()) {
      case KAIMING_NORMAL_FAN_OUT, KAIMING_NORMAL_FAN_IN ->
          normal(values, random, Math.sqrt(2 / fan));
      case TRUNCATED_NORMAL_FAN_IN -> truncatedNormal(values, random, Math.sqrt(1 / fan));
      case TRUNCATED_NORMAL_0_02 -> truncatedNormal(values, random, 0.02);
      case NORMAL_0_02 -> normal(values, random, 0.02);
      case NORMAL_1E_6 -> normal(values, random, 1e-6);
      case UNIFORM_FAN_IN -> uniform(values, random, 1 / Math.sqrt(fan));
      case XAVIER_UNIFORM -> uniform(values, random, Math.sqrt(6 / fan));
      case SCALE_1E_6 -> Arrays.fill(values, 1e-6f);
      case ONES -> Arrays.fill(values, 1f);
      case ZEROS, BROUGHT, FIXED -> {}
    }
    return values;
  }

  /**
   * What {@code nn.Linear} begins with, ±1/√fan_in, for a head that replaces a pretrained one.
   *
   * @param name torchvision's, of the head's weight or bias
   * @return values, row-major
   */
  public static float[] newHead(ArchitectureTable table, String name, long seed) {
    List<ParameterSpec> specs = table.parameters();
    int index = specs.stream().map(ParameterSpec::name).toList().indexOf(name);
    String weight = name.replace(".bias", ".weight");
    long fanIn =
        specs.stream()
            .filter(spec -> spec.name().equals(weight))
            .mapToLong(spec -> spec.shape().get(1))
            .findFirst()
            .orElseThrow();
    ParameterSpec spec = specs.get(index);
    var linear =
        new ParameterSpec(
            name, spec.shape(), spec.block(), Initialization.UNIFORM_FAN_IN, fanIn, false);
    return values(linear, index, seed);
  }

  private static void normal(float[] values, UniformRandomProvider random, double deviation) {
    var normal = ZigguratSampler.NormalizedGaussian.of(random);
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (deviation * normal.sample());
    }
  }

  /** Between −2 and 2, whatever the deviation: PyTorch's bounds are not multiples of it. */
  private static void truncatedNormal(
      float[] values, UniformRandomProvider random, double deviation) {
    var normal = ZigguratSampler.NormalizedGaussian.of(random);
    for (int i = 0; i < values.length; i++) {
      double value;
      do {
        value = deviation * normal.sample();
      } while (Math.abs(value) > 2);
      values[i] = (float) value;
    }
  }

  private static void uniform(float[] values, UniformRandomProvider random, double bound) {
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (bound * (2 * random.nextDouble() - 1));
    }
  }
}
