package training.fusion.trainer.optim;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Map;
import training.fusion.api.Optimizer;
import training.fusion.api.OptimizerType;

/**
 * {@code torch.optim.Adamax} (Kingma and Ba 2015, arXiv 1412.6980, algorithm 2): the first moment
 * by the largest gradient that decays, u = max(β2·u, |g| + epsilon).
 */
record AdamaxRule(
    double learningRate, double weightDecay, double beta1, double beta2, double epsilon)
    implements UpdateRule.OnHost {
  static AdamaxRule of(Optimizer resolved) {
    return new AdamaxRule(
        requireNonNull(resolved.learningRate()),
        requireNonNull(resolved.weightDecay()),
        requireNonNull(resolved.beta1()),
        requireNonNull(resolved.beta2()),
        requireNonNull(resolved.epsilon()));
  }

  @Override
  public String label() {
    return OptimizerType.ADAMAX.toString();
  }

  @Override
  public List<String> slots() {
    return List.of("exp_avg", "exp_inf");
  }

  @Override
  public String statements(Mask mask) {
    return mask.coupledDecay(weightDecay)
        + mask.lerp("exp_avg", "g", 1 - beta1)
        + "    u = torch._foreach_add(torch._foreach_abs(g), %s)\n".formatted(epsilon)
        + "    u = torch._foreach_maximum(torch._foreach_mul(exp_inf, %s), u)\n".formatted(beta2)
        + mask.assign("exp_inf", "u")
        + mask.move("torch._foreach_div(exp_avg, u)", "rate");
  }

  @Override
  public Map<String, Double> numbers(double peakShare, long step) {
    return Map.of("rate", learningRate * peakShare / (1 - StrictMath.pow(beta1, (double) step)));
  }

  @Override
  public Kernel kernel(double peakShare, long step, double decay) {
    float rate = requireNonNull(numbers(peakShare, step).get("rate")).floatValue();
    float share = (float) (1 - beta1);
    float keep = (float) beta2;
    float eps = (float) epsilon;
    return (parameters, gradients, slots, count) -> {
      Kernel.addDecay(gradients, parameters, (float) decay, count);
      float[] average = slots[0];
      float[] largest = slots[1];
      for (int i = 0; i < count; i++) {
        float g = gradients[i];
        average[i] += share * (g - average[i]);
        largest[i] = Math.max(keep * largest[i], Math.abs(g) + eps);
        parameters[i] -= rate * (average[i] / largest[i]);
      }
    };
  }
}
