package training.fusion.trainer.optim;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Map;
import training.fusion.api.Optimizer;
import training.fusion.api.OptimizerType;

/**
 * {@code torch.optim.Adam} (Kingma and Ba 2015, arXiv 1412.6980, algorithm 1, with epsilon after
 * the correction of v) and {@code AdamW} (Loshchilov and Hutter 2019, arXiv 1711.05101).
 *
 * @param decoupled AdamW: weight decay shrinks the parameter, and leaves the gradient alone
 */
record AdamRule(double learningRate, double weightDecay, Moments moments, boolean decoupled)
    implements UpdateRule.OnHost {
  static AdamRule of(Optimizer resolved) {
    return new AdamRule(
        requireNonNull(resolved.learningRate()),
        requireNonNull(resolved.weightDecay()),
        Moments.of(resolved),
        resolved.type() == OptimizerType.ADAMW);
  }

  @Override
  public String label() {
    return decoupled ? "AdamW" : "Adam";
  }

  @Override
  public List<String> slots() {
    return Moments.SLOTS;
  }

  @Override
  public String statements(Mask mask) {
    return (decoupled
            ? mask.scale("decaying", "shrink") + mask.coupledDecay(0)
            : mask.coupledDecay(weightDecay))
        + moments.statements(mask)
        + Moments.denominator(mask, "epsilon")
        + "    torch._foreach_addcdiv_(params, exp_avg, d, torch.neg(rate))\n";
  }

  @Override
  public Map<String, Double> numbers(double peakShare, long step) {
    double rate = learningRate * peakShare;
    double root = moments.rootOfCorrection2(step);
    return Map.of(
        "rate", rate / moments.correction1(step) * root,
        "epsilon", moments.epsilon() * root,
        "shrink", 1 - rate * weightDecay);
  }

  @Override
  public Kernel kernel(double peakShare, long step, double decay) {
    Map<String, Double> numbers = numbers(peakShare, step);
    float rate = requireNonNull(numbers.get("rate")).floatValue();
    float epsilon = requireNonNull(numbers.get("epsilon")).floatValue();
    float coupled = decoupled ? 0 : (float) decay;
    float shrink = decoupled ? (float) (1 - learningRate * peakShare * decay) : 1;
    return (parameters, gradients, slots, count) -> {
      Kernel.scale(parameters, shrink, count);
      Kernel.addDecay(gradients, parameters, coupled, count);
      moments.advance(gradients, slots, count);
      Moments.divide(parameters, slots[0], slots[1], rate, epsilon, count);
    };
  }
}
