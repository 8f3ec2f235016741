package training.fusion.trainer.optim;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Map;
import training.fusion.api.Optimizer;
import training.fusion.api.OptimizerType;

/**
 * {@code torch.optim.Adadelta} (Zeiler 2012, arXiv 1212.5701): the gradient by the root of its mean
 * square, times that of the steps so far; epsilon is inside both roots.
 */
record AdadeltaRule(double learningRate, double weightDecay, double rho, double epsilon)
    implements UpdateRule.OnHost {
  static AdadeltaRule of(Optimizer resolved) {
    return new AdadeltaRule(
        requireNonNull(resolved.learningRate()),
        requireNonNull(resolved.weightDecay()),
        requireNonNull(resolved.rho()),
        requireNonNull(resolved.epsilon()));
  }

  @Override
  public String label() {
    return OptimizerType.ADADELTA.toString();
  }

  @Override
  public List<String> slots() {
    return List.of("square_avg", "acc_delta");
  }

  @Override
  public String statements(Mask mask) {
    return mask.coupledDecay(weightDecay)
        + mask.meanOfSquares("square_avg", "g", rho)
        + "    std = torch._foreach_sqrt(torch._foreach_add(square_avg, %s))\n".formatted(epsilon)
        + "    d = torch._foreach_sqrt(torch._foreach_add(acc_delta, %s))\n".formatted(epsilon)
        + "    d = torch._foreach_mul(torch._foreach_div(d, std), g)\n"
        + mask.meanOfSquares("acc_delta", "d", rho)
        + mask.move("d", "rate");
  }

  @Override
  public Map<String, Double> numbers(double peakShare, long step) {
    return Map.of("rate", learningRate * peakShare);
  }

  @Override
  public Kernel kernel(double peakShare, long step, double decay) {
    float rate = (float) (learningRate * peakShare);
    float keep = (float) rho;
    float share = (float) (1 - rho);
    float eps = (float) epsilon;
    return (parameters, gradients, slots, count) -> {
      Kernel.addDecay(gradients, parameters, (float) decay, count);
      float[] ofSquares = slots[0];
      float[] ofSteps = slots[1];
      for (int i = 0; i < count; i++) {
        float g = gradients[i];
        ofSquares[i] = keep * ofSquares[i] + share * g * g;
        float std = (float) Math.sqrt(ofSquares[i] + eps);
        float delta = (float) Math.sqrt(ofSteps[i] + eps) / std * g;
        ofSteps[i] = keep * ofSteps[i] + share * delta * delta;
        parameters[i] -= rate * delta;
      }
    };
  }
}
