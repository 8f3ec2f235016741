package training.fusion.trainer.optim;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Map;
import training.fusion.api.Optimizer;
import training.fusion.api.OptimizerType;

/**
 * {@code torch.optim.NAdam} (Dozat 2016): Adam with a Nesterov step and a momentum that warms up,
 * μ_t = β1·(1 − ½·0.96^(t·momentumDecay)).
 */
record NAdamRule(double learningRate, Decay decay, Moments moments, double momentumDecay)
    implements UpdateRule.OnHost {
  static NAdamRule of(Optimizer resolved) {
    return new NAdamRule(
        requireNonNull(resolved.learningRate()),
        Decay.of(resolved, Boolean.TRUE.equals(resolved.decoupledWeightDecay())),
        Moments.of(resolved),
        requireNonNull(resolved.momentumDecay()));
  }

  @Override
  public String label() {
    return OptimizerType.NADAM.toString();
  }

  @Override
  public double weightDecay() {
    return decay.weight();
  }

  @Override
  public List<String> slots() {
    return Moments.SLOTS;
  }

  @Override
  public String statements(Mask mask) {
    return decay.statements(mask)
        + moments.statements(mask)
        + Moments.denominator(mask, "exp_avg_sq", "epsilon")
        + "    torch._foreach_addcdiv_(params, g, d, torch.neg(rate))\n"
        + "    torch._foreach_addcdiv_(params, exp_avg, d, torch.neg(momentumRate))\n";
  }

  @Override
  public Map<String, Double> numbers(double peakShare, long step) {
    double rate = learningRate * peakShare;
    double root = moments.rootOfCorrection2(step);
    double product = product(step);
    double next = momentum(step + 1);
    return Map.of(
        "rate", rate * (1 - momentum(step)) / (1 - product) * root,
        "momentumRate", rate * next / (1 - product * next) * root,
        "epsilon", moments.epsilon() * root,
        "shrink", decay.shrink(rate));
  }

  private double momentum(long step) {
    return moments.beta1() * (1 - 0.5 * StrictMath.pow(0.96, step * momentumDecay));
  }

  /** Π μ in fp32, as PyTorch keeps it; it is 0 after some hundred steps, and stays so. */
  private double product(long step) {
    float product = 1;
    for (long t = 1; t <= step && product != 0; t++) {
      product *= (float) momentum(t);
    }
    return product;
  }

  @Override
  public Kernel kernel(double peakShare, long step, double own) {
    Map<String, Double> numbers = numbers(peakShare, step);
    float rate = requireNonNull(numbers.get("rate")).floatValue();
    float momentumRate = requireNonNull(numbers.get("momentumRate")).floatValue();
    float epsilon = requireNonNull(numbers.get("epsilon")).floatValue();
    return (parameters, gradients, slots, count) -> {
      decay.apply(parameters, gradients, learningRate * peakShare, own, count);
      moments.advance(gradients, slots, count);
      Moments.divide(parameters, gradients, slots[1], rate, epsilon, count);
      Moments.divide(parameters, slots[0], slots[1], momentumRate, epsilon, count);
    };
  }
}
