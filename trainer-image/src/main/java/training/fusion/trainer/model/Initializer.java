package training.fusion.trainer.model;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.sampling.distribution.ZigguratSampler;

/**
 * Initial weights as a function of (seed, index of the parameter) alone, drawn in Java so that they
 * do not depend on the device, nor on the JDK: of its generator only the bits are used, whose
 * algorithm is fixed, not {@code nextGaussian}, which differs from JDK 17 to 25.
 */
final class Initializer {
  private Initializer() {}

  /** Values of a parameter, row-major. */
  static float[] values(ParameterSpec parameter, int index, long seed) {
    float[] values = new float[Math.toIntExact(parameter.size())];
    UniformRandomProvider random = new SplittableRandom(Randomness.mix(seed, index))::nextLong;
    switch (parameter.initialization()) {
      case KAIMING_NORMAL_FAN_OUT -> {
        double deviation = Math.sqrt(2.0 / (double) parameter.fan());
        var normal = ZigguratSampler.NormalizedGaussian.of(random);
        for (int i = 0; i < values.length; i++) {
          values[i] = (float) (deviation * normal.sample());
        }
      }
      case UNIFORM_FAN_IN -> {
        double bound = 1 / Math.sqrt((double) parameter.fan());
        for (int i = 0; i < values.length; i++) {
          values[i] = (float) (bound * (2 * random.nextDouble() - 1));
        }
      }
      case ONES -> Arrays.fill(values, 1f);
      case ZEROS -> {}
    }
    return values;
  }
}
