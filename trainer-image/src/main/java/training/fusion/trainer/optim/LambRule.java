package training.fusion.trainer.optim;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Map;
import training.fusion.api.Optimizer;
import training.fusion.api.OptimizerType;

/**
 * LAMB (You et al. 2020, arXiv 1904.00962, algorithm 2), as timm's {@code Lamb}: Adam's direction
 * with weight decay in it, for each tensor as long as the tensor itself. Gradients are cut to a
 * norm over all of its parameters first.
 *
 * @param maxGradNorm 0: gradients are not cut
 * @param trustClip whether no tensor's step becomes longer than Adam's
 * @param alwaysAdapt whether tensors without weight decay are adapted, too
 */
record LambRule(
    double learningRate,
    double weightDecay,
    Moments moments,
    double maxGradNorm,
    boolean trustClip,
    boolean alwaysAdapt)
    implements UpdateRule {
  static LambRule of(Optimizer resolved) {
    return new LambRule(
        requireNonNull(resolved.learningRate()),
        requireNonNull(resolved.weightDecay()),
        Moments.of(resolved),
        requireNonNull(resolved.maxGradNorm()),
        requireNonNull(resolved.trustClip()),
        requireNonNull(resolved.alwaysAdapt()));
  }

  @Override
  public String label() {
    return OptimizerType.LAMB.toString();
  }

  @Override
  public List<String> slots() {
    return Moments.SLOTS;
  }

  /** Their norm together is limited. */
  @Override
  public boolean looksAtAll() {
    return maxGradNorm > 0;
  }

  @Override
  public String statements(Mask mask) {
    String text = mask.coupledDecay(0);
    if (maxGradNorm > 0) {
      text +=
          """
              norm = torch.linalg_vector_norm(torch.stack(torch._foreach_norm(g, 2)))
              cut = torch.clamp(torch.div(norm, %s), 1.)
              g = torch._foreach_div(g, cut)
          """
              .formatted(maxGradNorm);
    }
    text +=
        moments.statements(mask)
            + "    d = torch._foreach_sqrt(exp_avg_sq)\n"
            + "    d = torch._foreach_div(d, root)\n"
            + "    d = torch._foreach_add(d, %s)\n".formatted(moments.epsilon())
            + "    d = torch._foreach_div(torch._foreach_div(exp_avg, correction), d)\n"
            + "    updates = annotate(List[Tensor], [])\n"
            + "    for i in range(torch.len(params)):\n"
            + "      u = d[i]\n";
    if (weightDecay > 0) {
      text +=
          "      if i < torch.len(decaying):\n"
              + "        u = torch.add(u, params[i], alpha=%s)\n".formatted(weightDecay);
    }
    if (weightDecay > 0 || alwaysAdapt) {
      text +=
          "      if %s or i < torch.len(decaying):\n".formatted(alwaysAdapt ? "True" : "False")
              + "        length = torch.linalg_vector_norm(params[i])\n"
              + "        own = torch.linalg_vector_norm(u)\n"
              + "        both = torch.logical_and(torch.gt(length, 0.), torch.gt(own, 0.))\n"
              + "        trust = torch.where(both, torch.div(length, own), 1.)\n"
              + (trustClip ? "        trust = torch.clamp(trust, None, 1.)\n" : "")
              + "        u = torch.mul(u, trust)\n";
    }
    return text + "      updates = torch.append(updates, u)\n" + mask.move("updates", "rate");
  }

  @Override
  public Map<String, Double> numbers(double peakShare, long step) {
    return Map.of(
        "rate",
        learningRate * peakShare,
        "correction",
        moments.correction1(step),
        "root",
        moments.rootOfCorrection2(step));
  }
}
