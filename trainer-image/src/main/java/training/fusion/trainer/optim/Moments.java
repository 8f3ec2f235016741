package training.fusion.trainer.optim;

import static java.util.Objects.requireNonNull;

import java.util.List;
import training.fusion.api.Optimizer;

/** The two running averages of Adam's family, their decays and what they are divided by. */
record Moments(double beta1, double beta2, double epsilon) {
  static final List<String> SLOTS = List.of("exp_avg", "exp_avg_sq");

  static Moments of(Optimizer resolved) {
    return new Moments(
        requireNonNull(resolved.beta1()),
        requireNonNull(resolved.beta2()),
        requireNonNull(resolved.epsilon()));
  }

  /** Both averages take {@code g} and its square. */
  String statements(Mask mask) {
    return mask.lerp("exp_avg", "g", 1 - beta1) + mask.meanOfSquares("exp_avg_sq", "g", beta2);
  }

  /** The same on the host. */
  void advance(float[] gradients, float[][] slots, int count) {
    float[] average = slots[0];
    float[] ofSquares = slots[1];
    float share1 = (float) (1 - beta1);
    float keep2 = (float) beta2;
    float share2 = (float) (1 - beta2);
    for (int i = 0; i < count; i++) {
      float g = gradients[i];
      average[i] += share1 * (g - average[i]);
      ofSquares[i] = keep2 * ofSquares[i] + share2 * g * g;
    }
  }

  /** parameters −= rate · direction / (√exp_avg_sq + epsilon), on the host. */
  static void divide(
      float[] parameters,
      float[] direction,
      float[] ofSquares,
      float rate,
      float epsilon,
      int count) {
    for (int i = 0; i < count; i++) {
      parameters[i] -= rate * (direction[i] / ((float) Math.sqrt(ofSquares[i]) + epsilon));
    }
  }

  /**
   * {@code d} = √slot + number; with number = ε·√correction2, a quotient by it is that by
   * √(slot/correction2) + ε, times √correction2.
   */
  static String denominator(Mask mask, String slot, String number) {
    return "    d = torch._foreach_sqrt(" + slot + ")\n" + mask.addToDenominator("d", number);
  }

  /** 1 − β1^step. */
  double correction1(long step) {
    return 1 - StrictMath.pow(beta1, (double) step);
  }

  /** √(1 − β2^step). */
  double rootOfCorrection2(long step) {
    return Math.sqrt(1 - StrictMath.pow(beta2, (double) step));
  }
}
