package training.fusion.trainer.optim;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import training.fusion.api.Optimizer;
import training.fusion.api.OptimizerType;

/**
 * {@code torch.optim.RMSprop} (Hinton 2012; centered: Graves 2013, arXiv 1308.0850): the gradient
 * by the root of its mean square, or of its variance; momentum over that quotient, the rate
 * outside. And RMSprop as TensorFlow has it, with which EfficientNets were trained (timm's {@code
 * RMSpropTF}): epsilon is inside the root, the mean square begins with 1, and momentum is over the
 * steps, the rate of each in it.
 *
 * @param type which of the two
 */
record RmspropRule(
    OptimizerType type,
    double learningRate,
    double weightDecay,
    double alpha,
    double epsilon,
    double momentum,
    boolean centered)
    implements UpdateRule.OnHost {
  private static final String MEAN_SQUARE = "square_avg";

  static RmspropRule of(Optimizer resolved) {
    return new RmspropRule(
        resolved.type(),
        requireNonNull(resolved.learningRate()),
        requireNonNull(resolved.weightDecay()),
        requireNonNull(resolved.alpha()),
        requireNonNull(resolved.epsilon()),
        requireNonNull(resolved.momentum()),
        requireNonNull(resolved.centered()));
  }

  @Override
  public String label() {
    return type.toString();
  }

  private boolean asTensorFlow() {
    return type == OptimizerType.RMSPROP_TF;
  }

  @Override
  public List<String> slots() {
    List<String> slots = new ArrayList<>(List.of(MEAN_SQUARE));
    if (momentum > 0) {
      slots.add("momentum_buffer");
    }
    if (centered) {
      slots.add("grad_avg");
    }
    return List.copyOf(slots);
  }

  @Override
  public double initially(String slot) {
    return asTensorFlow() && slot.equals(MEAN_SQUARE) ? 1 : 0;
  }

  @Override
  public String statements(Mask mask) {
    String text = mask.coupledDecay(weightDecay) + mask.meanOfSquares(MEAN_SQUARE, "g", alpha);
    String square = MEAN_SQUARE;
    if (centered) {
      text +=
          mask.lerp("grad_avg", "g", 1 - alpha)
              + "    d = torch._foreach_addcmul(square_avg, grad_avg, grad_avg, -1.)\n";
      square = "d";
    }
    String root =
        asTensorFlow()
            ? "torch._foreach_sqrt(torch._foreach_add(%s, %s))".formatted(square, epsilon)
            : "torch._foreach_add(torch._foreach_sqrt(%s), %s)".formatted(square, epsilon);
    text += "    d = torch._foreach_div(g, %s)\n".formatted(root);
    if (momentum == 0) {
      return text + mask.move("d", "rate");
    }
    return text
        + mask.scale("momentum_buffer", String.valueOf(momentum))
        + "    torch._foreach_add_(momentum_buffer, d%s)\n"
            .formatted(asTensorFlow() ? ", alpha=rate" : "")
        + mask.move("momentum_buffer", asTensorFlow() ? "1." : "rate");
  }

  @Override
  public Map<String, Double> numbers(double peakShare, long step) {
    return Map.of("rate", learningRate * peakShare);
  }

  @Override
  public Kernel kernel(double peakShare, long step, double decay) {
    float rate = (float) (learningRate * peakShare);
    float keep = (float) alpha;
    float share = (float) (1 - alpha);
    float eps = (float) epsilon;
    boolean inside = asTensorFlow();
    return (parameters, gradients, slots, count) -> {
      Kernel.addDecay(gradients, parameters, (float) decay, count);
      float[] ofSquares = slots[0];
      float[] average = centered ? slots[slots.length - 1] : ofSquares;
      for (int i = 0; i < count; i++) {
        float g = gradients[i];
        ofSquares[i] = keep * ofSquares[i] + share * g * g;
        float square = ofSquares[i];
        if (centered) {
          average[i] += share * (g - average[i]);
          square -= average[i] * average[i];
        }
        gradients[i] =
            g / (inside ? (float) Math.sqrt(square + eps) : (float) Math.sqrt(square) + eps);
      }
      if (momentum == 0) {
        Kernel.move(parameters, gradients, rate, count);
        return;
      }
      Kernel.scale(slots[1], (float) momentum, count);
      Kernel.move(slots[1], gradients, inside ? -rate : -1, count);
      Kernel.move(parameters, slots[1], inside ? 1 : rate, count);
    };
  }
}
