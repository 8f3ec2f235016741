package training.fusion.trainer.optim;

import static java.util.Objects.requireNonNull;

import training.fusion.api.Optimizer;

/**
 * Weight decay of a rule.
 *
 * @param weight what the parameter is multiplied by
 * @param decoupled taken off the parameter itself, times the rate (Loshchilov and Hutter 2019,
 *     arXiv 1711.05101), or added to the gradient
 */
record Decay(double weight, boolean decoupled) {
  static Decay of(Optimizer resolved, boolean decoupled) {
    return new Decay(requireNonNull(resolved.weightDecay()), decoupled);
  }

  /** Makes {@code g} of the gradients, after the parameters have shrunk if it is decoupled. */
  String statements(Mask mask) {
    return decoupled
        ? mask.scale("decaying", "shrink") + mask.coupledDecay(0)
        : mask.coupledDecay(weight);
  }

  /** The number {@code shrink} that {@link #statements} take. */
  double shrink(double rate) {
    return 1 - rate * weight;
  }

  /** The same on the host, with the decay that these elements have: the weight, or 0. */
  void apply(float[] parameters, float[] gradients, double rate, double own, int count) {
    if (decoupled) {
      Kernel.scale(parameters, (float) (1 - rate * own), count);
    } else {
      Kernel.addDecay(gradients, parameters, (float) own, count);
    }
  }
}
