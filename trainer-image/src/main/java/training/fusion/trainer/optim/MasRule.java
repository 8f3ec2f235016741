package training.fusion.trainer.optim;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import training.fusion.api.Optimization;
import training.fusion.api.StrategyDefaults;

/**
 * MAS (Landro, Gallo and La Grassa 2020, arXiv 2011.08042): Adam and SGD mixed in every step. The
 * weights act twice, on the direction and on the rate: it is not the sum of two steps.
 */
record MasRule(
    double learningRate,
    double weightDecay,
    double sgdWeight,
    double adamWeight,
    double momentum,
    Moments moments)
    implements UpdateRule {
  static MasRule of(Optimization.Mas mas) {
    Optimization.Mas resolved = StrategyDefaults.resolve(mas);
    return new MasRule(
        requireNonNull(resolved.learningRate()),
        requireNonNull(resolved.weightDecay()),
        requireNonNull(resolved.sgdWeight()),
        requireNonNull(resolved.adamWeight()),
        requireNonNull(resolved.momentum()),
        new Moments(
            requireNonNull(resolved.beta1()),
            requireNonNull(resolved.beta2()),
            requireNonNull(resolved.epsilon())));
  }

  @Override
  public String label() {
    return "MAS";
  }

  @Override
  public List<String> slots() {
    return Stream.concat(Moments.SLOTS.stream(), Stream.of("momentum_buffer")).toList();
  }

  @Override
  public String statements(Mask mask) {
    return mask.coupledDecay(weightDecay)
        + moments.statements(mask)
        + mask.scale("momentum_buffer", String.valueOf(momentum))
        + "    torch._foreach_add_(momentum_buffer, g)\n"
        + Moments.denominator(mask, "exp_avg_sq", "epsilon")
        + "    mixed = torch._foreach_div(exp_avg, d)\n"
        + "    torch._foreach_mul_(mixed, adamShare)\n"
        + "    torch._foreach_add_(mixed, momentum_buffer, alpha=%s)\n".formatted(sgdWeight)
        + mask.move("mixed", "rate");
  }

  @Override
  public Map<String, Double> numbers(double peakShare, long step) {
    double rate = learningRate * peakShare;
    double root = moments.rootOfCorrection2(step);
    return Map.of(
        "rate", sgdWeight * rate + adamWeight * rate / moments.correction1(step),
        "adamShare", adamWeight * root,
        "epsilon", moments.epsilon() * root);
  }
}
