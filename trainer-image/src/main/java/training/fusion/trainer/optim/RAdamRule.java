package training.fusion.trainer.optim;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Map;
import training.fusion.api.Optimizer;
import training.fusion.api.OptimizerType;

/**
 * {@code torch.optim.RAdam} (Liu et al. 2020, arXiv 1908.03265): as long as the variance of the
 * second moment cannot be estimated (ρ ≤ 5, the first five steps with β2 = 0.999), a step along the
 * first moment alone. PyTorch adds epsilon before the correction of v here.
 */
record RAdamRule(double learningRate, Decay decay, Moments moments) implements UpdateRule.OnHost {
  static RAdamRule of(Optimizer resolved) {
    return new RAdamRule(
        requireNonNull(resolved.learningRate()),
        Decay.of(resolved, Boolean.TRUE.equals(resolved.decoupledWeightDecay())),
        Moments.of(resolved));
  }

  @Override
  public String label() {
    return OptimizerType.RADAM.toString();
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
    // the branch is on a number that the host knows
    return decay.statements(mask)
        + moments.statements(mask)
        + "    if rectified > 0.:\n"
        + indented(Moments.denominator(mask, "exp_avg_sq", String.valueOf(moments.epsilon())))
        + "      torch._foreach_addcdiv_(params, exp_avg, d, torch.neg(torch.mul(rate, rectified)))\n"
        + "    else:\n"
        + indented(mask.move("exp_avg", "rate"));
  }

  private static String indented(String statements) {
    return statements.replaceAll("(?m)^ {4}", "      ");
  }

  @Override
  public Map<String, Double> numbers(double peakShare, long step) {
    double beta2 = moments.beta2();
    double root = moments.rootOfCorrection2(step);
    double limit = 2 / (1 - beta2) - 1;
    double length = limit - 2 * step * StrictMath.pow(beta2, (double) step) / (root * root);
    double rectification =
        length > 5
            ? Math.sqrt((length - 4) * (length - 2) * limit / ((limit - 4) * (limit - 2) * length))
            : 0;
    return Map.of(
        "rate",
        learningRate * peakShare / moments.correction1(step),
        "rectified",
        rectification * root,
        "shrink",
        decay.shrink(learningRate * peakShare));
  }

  @Override
  public Kernel kernel(double peakShare, long step, double own) {
    Map<String, Double> numbers = numbers(peakShare, step);
    double rate = requireNonNull(numbers.get("rate"));
    double rectified = requireNonNull(numbers.get("rectified"));
    float epsilon = (float) moments.epsilon();
    return (parameters, gradients, slots, count) -> {
      decay.apply(parameters, gradients, learningRate * peakShare, own, count);
      moments.advance(gradients, slots, count);
      if (rectified > 0) {
        float both = (float) (rate * rectified);
        Moments.divide(parameters, slots[0], slots[1], both, epsilon, count);
      } else {
        Kernel.move(parameters, slots[0], (float) rate, count);
      }
    };
  }
}
