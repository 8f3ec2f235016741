package training.fusion.trainer.optim;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Map;
import training.fusion.api.Optimizer;
import training.fusion.api.OptimizerType;

/**
 * Lion (Chen et al. 2023, arXiv 2302.06675, program 1), as timm's {@code Lion}: a step of the rate
 * along the sign of β1·m + (1 − β1)·g, then m takes a share 1 − β2 of g; weight decay is decoupled.
 */
record LionRule(double learningRate, double weightDecay, double beta1, double beta2)
    implements UpdateRule.OnHost {
  static LionRule of(Optimizer resolved) {
    return new LionRule(
        requireNonNull(resolved.learningRate()),
        requireNonNull(resolved.weightDecay()),
        requireNonNull(resolved.beta1()),
        requireNonNull(resolved.beta2()));
  }

  private Decay decay() {
    return new Decay(weightDecay, true);
  }

  @Override
  public String label() {
    return OptimizerType.LION.toString();
  }

  @Override
  public List<String> slots() {
    return List.of("exp_avg");
  }

  @Override
  public String statements(Mask mask) {
    return decay().statements(mask)
        + "    d = torch._foreach_mul(exp_avg, %s)\n".formatted(beta1)
        + "    d = torch._foreach_add(d, g, alpha=%s)\n".formatted(1 - beta1)
        + mask.move("torch._foreach_sign(d)", "rate")
        + mask.lerp("exp_avg", "g", 1 - beta2);
  }

  @Override
  public Map<String, Double> numbers(double peakShare, long step) {
    double rate = learningRate * peakShare;
    return Map.of("rate", rate, "shrink", decay().shrink(rate));
  }

  @Override
  public Kernel kernel(double peakShare, long step, double own) {
    double rate = learningRate * peakShare;
    float length = (float) rate;
    float keep = (float) beta1;
    float share1 = (float) (1 - beta1);
    float share2 = (float) (1 - beta2);
    return (parameters, gradients, slots, count) -> {
      decay().apply(parameters, gradients, rate, own, count);
      float[] average = slots[0];
      for (int i = 0; i < count; i++) {
        float g = gradients[i];
        parameters[i] -= length * Math.signum(keep * average[i] + share1 * g);
        average[i] += share2 * (g - average[i]);
      }
    };
  }
}
