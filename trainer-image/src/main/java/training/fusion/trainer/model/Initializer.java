package training.fusion.trainer.model;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Initial weights as a function of (seed, index of the parameter) alone, drawn in Java so that they
 * do not depend on the device. A test holds the values: they are the same on every JDK.
 */
final class Initializer {
  private Initializer() {}

  /** Values of a parameter, row-major. */
  static float[] values(ParameterSpec parameter, int index, long seed) {
    float[] values = new float[Math.toIntExact(parameter.size())];
    var random = new SplittableRandom(Randomness.mix(seed, index));
    switch (parameter.initialization()) {
      case KAIMING_NORMAL_FAN_OUT -> {
        double deviation = Math.sqrt(2.0 / (double) parameter.fan());
        for (int i = 0; i < values.length; i++) {
          values[i] = (float) (deviation * random.nextGaussian());
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
