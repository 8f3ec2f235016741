package training.fusion.trainer.optim;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Map;
import training.fusion.api.Optimizer;
import training.fusion.api.OptimizerType;

/**
 * {@code torch.optim.ASGD} (Polyak and Juditsky 1992): w shrinks by λ·η and moves by η·g, and its
 * average from step t0 on is kept beside it, as {@code ax}; the weights are not the average. The
 * first η is the learning rate, later ones are learningRate / (1 + λ·learningRate·t)^alpha of the
 * step before; PyTorch keeps them in fp32.
 */
record AsgdRule(double learningRate, double weightDecay, double lambda, double alpha, double t0)
    implements UpdateRule.OnHost {
  static AsgdRule of(Optimizer resolved) {
    return new AsgdRule(
        requireNonNull(resolved.learningRate()),
        requireNonNull(resolved.weightDecay()),
        requireNonNull(resolved.lambda()),
        requireNonNull(resolved.alpha()),
        requireNonNull(resolved.t0()));
  }

  @Override
  public String label() {
    return OptimizerType.ASGD.toString();
  }

  @Override
  public List<String> slots() {
    return List.of("ax");
  }

  @Override
  public String statements(Mask mask) {
    return mask.coupledDecay(weightDecay)
        + mask.scale("params", "shrink")
        + mask.move("g", "eta")
        + "    difference = torch._foreach_sub(params, ax)\n"
        + mask.assign("ax", "torch._foreach_add(ax, difference, alpha=mu)");
  }

  @Override
  public Map<String, Double> numbers(double peakShare, long step) {
    double rate = learningRate * peakShare;
    double before = step - 1.0;
    double eta =
        step == 1 ? rate : (float) (rate / StrictMath.pow(1 + lambda * rate * before, alpha));
    double mu = step == 1 ? 1 : (float) (1 / Math.max(1, before - t0));
    return Map.of("eta", eta, "mu", mu, "shrink", 1 - lambda * eta);
  }

  @Override
  public Kernel kernel(double peakShare, long step, double decay) {
    Map<String, Double> numbers = numbers(peakShare, step);
    float eta = requireNonNull(numbers.get("eta")).floatValue();
    float mu = requireNonNull(numbers.get("mu")).floatValue();
    float shrink = requireNonNull(numbers.get("shrink")).floatValue();
    return (parameters, gradients, slots, count) -> {
      Kernel.addDecay(gradients, parameters, (float) decay, count);
      Kernel.scale(parameters, shrink, count);
      Kernel.move(parameters, gradients, eta, count);
      float[] average = slots[0];
      for (int i = 0; i < count; i++) {
        average[i] = mu == 1 ? parameters[i] : average[i] + mu * (parameters[i] - average[i]);
      }
    };
  }
}
