package training.fusion.trainer.optim;

import training.fusion.api.Optimizer;

/**
 * The TorchScript methods of a fusion optimizer: {@code measure} (norms, clipping, finite or not)
 * and one {@code update} for each group. All are multi-tensor and in place. Rates and bias
 * corrections are numbers that Java computes in fp64, as {@code torch.optim} does in Python.
 */
final class OptimizerProgram {
  private static final String SELF = "(self: __torch__.Program, ";
  private static final String STATE =
      "params: List[Tensor], grads: List[Tensor], first: List[Tensor], second: List[Tensor], ";

  private OptimizerProgram() {}

  /** Names the update method of the group with this index. */
  static String update(int group) {
    return "update_" + group;
  }

  /** The update of a group under {@code optimizer}, every field of which is filled in. */
  static String updateText(int group, Optimizer optimizer) {
    return switch (optimizer.type()) {
      case SGD -> sgd(update(group), optimizer);
      case ADAM, ADAMW -> adam(update(group), optimizer);
      case RADAM, NADAM ->
          throw new IllegalArgumentException(
              "optimizer.type: " + optimizer.type() + " is not supported yet");
      case NONE -> "";
    };
  }

  /**
   * {@code torch.optim.SGD}: g += λw; the buffer begins as g, then b = μb + (1−dampening)g;
   * Nesterov steps along g + μb. {@code rate} is the learning rate, {@code factor} is 1 in the
   * first step and 1 − dampening after it.
   */
  private static String sgd(String name, Optimizer sgd) {
    double momentum = value(sgd.momentum());
    var text = new StringBuilder(head(name, "rate: float, factor: float"));
    text.append(decay(value(sgd.weightDecay())));
    if (momentum == 0) {
      text.append("    torch._foreach_add_(params, g, alpha=torch.neg(rate))\n");
    } else {
      text.append("    torch._foreach_mul_(first, ").append(momentum).append(")\n");
      text.append("    torch._foreach_add_(first, g, alpha=factor)\n");
      if (Boolean.TRUE.equals(sgd.nesterov())) {
        text.append("    d = torch._foreach_add(g, first, alpha=").append(momentum).append(")\n");
        text.append("    torch._foreach_add_(params, d, alpha=torch.neg(rate))\n");
      } else {
        text.append("    torch._foreach_add_(params, first, alpha=torch.neg(rate))\n");
      }
    }
    return text.append("    return None\n").toString();
  }

  /**
   * {@code torch.optim.Adam} (Kingma and Ba 2015, arXiv 1412.6980, algorithm 1, with epsilon after
   * the correction of v) and {@code AdamW} (Loshchilov and Hutter 2019, arXiv 1711.05101). {@code
   * rate} is lr/(1−β1^t), {@code factor} is √(1−β2^t); AdamW's decay is 1 − lr·λ.
   */
  private static String adam(String name, Optimizer adam) {
    double beta1 = value(adam.beta1());
    double beta2 = value(adam.beta2());
    boolean decoupled = adam.type() == training.fusion.api.OptimizerType.ADAMW;
    var text = new StringBuilder(head(name, "rate: float, factor: float, shrink: float"));
    if (decoupled) {
      text.append("    torch._foreach_mul_(params, shrink)\n    g = grads\n");
    } else {
      text.append(decay(value(adam.weightDecay())));
    }
    text.append("    torch._foreach_lerp_(first, g, ").append(1 - beta1).append(")\n");
    text.append("    torch._foreach_mul_(second, ").append(beta2).append(")\n");
    text.append("    torch._foreach_addcmul_(second, g, g, ").append(1 - beta2).append(")\n");
    text.append("    d = torch._foreach_sqrt(second)\n");
    text.append("    torch._foreach_div_(d, factor)\n");
    text.append("    torch._foreach_add_(d, ").append(value(adam.epsilon())).append(")\n");
    text.append("    torch._foreach_addcdiv_(params, first, d, torch.neg(rate))\n");
    return text.append("    return None\n").toString();
  }

  private static String head(String name, String numbers) {
    return "  def " + name + SELF + STATE + numbers + ") -> None:\n";
  }

  /** Weight decay added to the gradient, on a copy: the gradients' own norms are reported. */
  private static String decay(double weightDecay) {
    return weightDecay == 0
        ? "    g = grads\n"
        : "    g = torch._foreach_add(grads, params, alpha=" + weightDecay + ")\n";
  }

  private static double value(@org.jspecify.annotations.Nullable Double number) {
    return java.util.Objects.requireNonNull(number, "defaults are filled in");
  }

  /**
   * Gradient norms of the groups, clipping over all parameters as {@code
   * torch.nn.utils.clip_grad_norm_}, and whether loss and norm are finite: [finite, norm of the low
   * group or all, norm of the high group or 0], fp32. {@code split} is the index of the high
   * group's first gradient, {@code limit} 0 for no clipping.
   */
  static final String MEASURE =
      """
        def measure(self: __torch__.Program, loss: Tensor, grads: List[Tensor], split: int, limit: float) -> Tensor:
          norms = torch.stack(torch._foreach_norm(grads, 2))
          total = torch.linalg_vector_norm(norms)
          low = torch.linalg_vector_norm(torch.slice(norms, 0, 0, split))
          high = torch.linalg_vector_norm(torch.slice(norms, 0, split))
          if limit > 0.:
            scale = torch.clamp(torch.div(torch.mul(torch.reciprocal(torch.add(total, 1e-6)), limit), 1.), None, 1.)
            torch._foreach_mul_(grads, scale)
          finite = torch.logical_and(torch.isfinite(total), torch.isfinite(loss))
          return torch.stack([torch.to(finite, 6), low, high])
      """;

  /** Buffers in the parameters' own memory formats, and copying in place. */
  static final String STATE_METHODS =
      """
        def zeros(self: __torch__.Program, like: List[Tensor]) -> List[Tensor]:
          out = annotate(List[Tensor], [])
          for t in like:
            out = torch.append(out, torch.zeros_like(t))
          return out
        def copy(self: __torch__.Program, to: List[Tensor], source: List[Tensor]) -> None:
          torch._foreach_copy_(to, source)
          return None
      """;
}
