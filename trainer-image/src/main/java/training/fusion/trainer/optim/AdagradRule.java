package training.fusion.trainer.optim;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Map;
import training.fusion.api.Optimizer;
import training.fusion.api.OptimizerType;

/**
 * {@code torch.optim.Adagrad} (Duchi, Hazan and Singer 2011): the gradient by the root of the sum
 * of all squares so far; the rate is learningRate / (1 + (step − 1) · learningRateDecay).
 */
record AdagradRule(
    double learningRate,
    double weightDecay,
    double learningRateDecay,
    double initialAccumulatorValue,
    double epsilon)
    implements UpdateRule.OnHost {
  static AdagradRule of(Optimizer resolved) {
    return new AdagradRule(
        requireNonNull(resolved.learningRate()),
        requireNonNull(resolved.weightDecay()),
        requireNonNull(resolved.learningRateDecay()),
        requireNonNull(resolved.initialAccumulatorValue()),
        requireNonNull(resolved.epsilon()));
  }

  @Override
  public String label() {
    return OptimizerType.ADAGRAD.toString();
  }

  @Override
  public List<String> slots() {
    return List.of("sum");
  }

  @Override
  public double initially(String slot) {
    return initialAccumulatorValue;
  }

  @Override
  public String statements(Mask mask) {
    return mask.coupledDecay(weightDecay)
        + "    torch._foreach_addcmul_(sum, g, g, 1.)\n"
        + "    d = torch._foreach_sqrt(sum)\n"
        + mask.addToDenominator("d", String.valueOf(epsilon))
        + "    torch._foreach_addcdiv_(params, g, d, torch.neg(rate))\n";
  }

  @Override
  public Map<String, Double> numbers(double peakShare, long step) {
    return Map.of("rate", learningRate * peakShare / (1 + (step - 1) * learningRateDecay));
  }

  @Override
  public Kernel kernel(double peakShare, long step, double decay) {
    float rate = requireNonNull(numbers(peakShare, step).get("rate")).floatValue();
    float eps = (float) epsilon;
    return (parameters, gradients, slots, count) -> {
      Kernel.addDecay(gradients, parameters, (float) decay, count);
      float[] sum = slots[0];
      for (int i = 0; i < count; i++) {
        sum[i] += gradients[i] * gradients[i];
      }
      Moments.divide(parameters, gradients, sum, rate, eps, count);
    };
  }
}
