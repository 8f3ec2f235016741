package training.fusion.trainer.optim;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Map;
import training.fusion.api.Optimizer;
import training.fusion.api.OptimizerType;

/**
 * {@code torch.optim.SGD}: g += λw; the buffer begins as g, then b = μb + (1−dampening)g; Nesterov
 * steps along g + μb.
 */
record SgdRule(
    double learningRate, double weightDecay, double momentum, double dampening, boolean nesterov)
    implements UpdateRule.OnHost {
  static SgdRule of(Optimizer resolved) {
    return new SgdRule(
        requireNonNull(resolved.learningRate()),
        requireNonNull(resolved.weightDecay()),
        requireNonNull(resolved.momentum()),
        requireNonNull(resolved.dampening()),
        requireNonNull(resolved.nesterov()));
  }

  @Override
  public String label() {
    return OptimizerType.SGD.toString();
  }

  @Override
  public List<String> slots() {
    return momentum == 0 ? List.of() : List.of("momentum_buffer");
  }

  @Override
  public String statements(Mask mask) {
    String text = mask.coupledDecay(weightDecay);
    if (momentum == 0) {
      return text + mask.move("g", "rate");
    }
    text +=
        mask.scale("momentum_buffer", String.valueOf(momentum))
            + "    torch._foreach_add_(momentum_buffer, g, alpha=share)\n";
    return nesterov
        ? text
            + "    d = torch._foreach_add(g, momentum_buffer, alpha=%s)\n".formatted(momentum)
            + mask.move("d", "rate")
        : text + mask.move("momentum_buffer", "rate");
  }

  @Override
  public Map<String, Double> numbers(double peakShare, long step) {
    return Map.of("rate", learningRate * peakShare, "share", step == 1 ? 1 : 1 - dampening);
  }

  @Override
  public Kernel kernel(double peakShare, long step, double decay) {
    Map<String, Double> numbers = numbers(peakShare, step);
    float rate = requireNonNull(numbers.get("rate")).floatValue();
    float share = requireNonNull(numbers.get("share")).floatValue();
    return (parameters, gradients, slots, count) -> {
      Kernel.addDecay(gradients, parameters, (float) decay, count);
      if (momentum != 0) {
        Kernel.scale(slots[0], (float) momentum, count);
        Kernel.move(slots[0], gradients, -share, count);
      }
      if (nesterov) {
        Kernel.move(gradients, slots[0], (float) -momentum, count);
      }
      Kernel.move(parameters, momentum == 0 || nesterov ? gradients : slots[0], rate, count);
    };
  }
}
