package training.fusion.trainer.optim;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import training.fusion.api.Optimizer;
import training.fusion.api.OptimizerType;

/**
 * {@code torch.optim.Adam} (Kingma and Ba 2015, arXiv 1412.6980, algorithm 1, with epsilon after
 * the correction of v) and {@code AdamW} (Loshchilov and Hutter 2019, arXiv 1711.05101).
 *
 * @param amsgrad whether what is divided by never falls (Reddi, Kale and Kumar 2018, arXiv
 *     1904.09237)
 */
record AdamRule(double learningRate, Decay decay, Moments moments, boolean amsgrad)
    implements UpdateRule.OnHost {
  private static final String LARGEST = "max_exp_avg_sq";

  static AdamRule of(Optimizer resolved) {
    return new AdamRule(
        requireNonNull(resolved.learningRate()),
        Decay.of(resolved, resolved.type() == OptimizerType.ADAMW),
        Moments.of(resolved),
        requireNonNull(resolved.amsgrad()));
  }

  @Override
  public String label() {
    return (decay.decoupled() ? OptimizerType.ADAMW : OptimizerType.ADAM).toString();
  }

  @Override
  public double weightDecay() {
    return decay.weight();
  }

  @Override
  public List<String> slots() {
    return amsgrad
        ? Stream.concat(Moments.SLOTS.stream(), Stream.of(LARGEST)).toList()
        : Moments.SLOTS;
  }

  @Override
  public String statements(Mask mask) {
    return decay.statements(mask)
        + moments.statements(mask)
        + (amsgrad
            ? mask.assign(LARGEST, "torch._foreach_maximum(%s, exp_avg_sq)".formatted(LARGEST))
            : "")
        + Moments.denominator(mask, amsgrad ? LARGEST : "exp_avg_sq", "epsilon")
        + "    torch._foreach_addcdiv_(params, exp_avg, d, torch.neg(rate))\n";
  }

  @Override
  public Map<String, Double> numbers(double peakShare, long step) {
    double rate = learningRate * peakShare;
    double root = moments.rootOfCorrection2(step);
    return Map.of(
        "rate", rate / moments.correction1(step) * root,
        "epsilon", moments.epsilon() * root,
        "shrink", decay.shrink(rate));
  }

  @Override
  public Kernel kernel(double peakShare, long step, double own) {
    Map<String, Double> numbers = numbers(peakShare, step);
    float rate = requireNonNull(numbers.get("rate")).floatValue();
    float epsilon = requireNonNull(numbers.get("epsilon")).floatValue();
    return (parameters, gradients, slots, count) -> {
      decay.apply(parameters, gradients, learningRate * peakShare, own, count);
      moments.advance(gradients, slots, count);
      if (amsgrad) {
        for (int i = 0; i < count; i++) {
          slots[2][i] = Math.max(slots[2][i], slots[1][i]);
        }
      }
      Moments.divide(parameters, slots[0], slots[amsgrad ? 2 : 1], rate, epsilon, count);
    };
  }
}
