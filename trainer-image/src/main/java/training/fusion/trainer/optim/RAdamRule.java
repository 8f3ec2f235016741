package training.fusion.trainer.optim;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Map;
import training.fusion.api.Optimizer;

/**
 * {@code torch.optim.RAdam} (Liu et al. 2020, arXiv 1908.03265): as long as the variance of the
 * second moment cannot be estimated (ρ ≤ 5, the first five steps with β2 = 0.999), a step along the
 * first moment alone. PyTorch adds epsilon before the correction of v here.
 */
record RAdamRule(double learningRate, double weightDecay, Moments moments) implements UpdateRule {
  static RAdamRule of(Optimizer resolved) {
    return new RAdamRule(
        requireNonNull(resolved.learningRate()),
        requireNonNull(resolved.weightDecay()),
        Moments.of(resolved));
  }

  @Override
  public String label() {
    return "RAdam";
  }

  @Override
  public List<String> slots() {
    return Moments.SLOTS;
  }

  @Override
  public String statements(Mask mask) {
    // the branch is on a number that the host knows
    return mask.coupledDecay(weightDecay)
        + moments.statements(mask)
        + "    if rectified > 0.:\n"
        + indented(Moments.denominator(mask, String.valueOf(moments.epsilon())))
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
        rectification * root);
  }
}
