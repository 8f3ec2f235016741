package training.fusion.trainer.optim;

import static java.util.stream.Collectors.joining;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The TorchScript methods of a fusion optimizer: {@code measure} (norms, clipping, finite or not),
 * one {@code update} for each group, {@code report}, and what makes and copies state. All are
 * multi-tensor and in place.
 */
final class OptimizerProgram {
  private static final String SELF = "(self: __torch__.Program, ";

  private OptimizerProgram() {}

  /** Names the update method of the group with this index. */
  static String update(int group) {
    return "update_" + group;
  }

  /**
   * The update of a group. {@code measured} is what {@code measure} returned; its first element
   * says whether anything may be updated.
   */
  static String updateText(int group, UpdateRule rule, Mask mask) {
    if (rule instanceof UpdateRule.Frozen) {
      return "";
    }
    String slots = rule.slots().stream().map(s -> s + ": List[Tensor], ").collect(joining());
    String numbers =
        rule.numbers(1, 1).keySet().stream()
            .sorted()
            .map(n -> ", " + n + ": float")
            .collect(joining());
    return "  def "
        + update(group)
        + SELF
        + "params: List[Tensor], grads: List[Tensor], "
        + slots
        + "measured: Tensor, scalars: Tensor, decaying: List[Tensor]"
        + numbers
        + ") -> None:\n"
        + "    finite = torch.gt(torch.select(measured, 0, 0), 0.)\n"
        + mask.body(rule.statements(mask))
        + "    return None\n";
  }

  /**
   * Gradient norms of the groups, clipping as {@code torch.nn.utils.clip_grad_norm_}, and whether
   * loss and norm are finite: [finite, loss, correct, norm of each group], fp64. A group with a
   * limit of its own is clipped by its own norm, the others together by theirs.
   *
   * @param groups those that are trained
   * @param maxGradNorm of those without a limit of their own; null: none
   */
  static String measureText(List<ParameterGroup> groups, @Nullable Double maxGradNorm) {
    var text = new StringBuilder("  def measure" + SELF + "loss: Tensor, correct: Tensor");
    groups.forEach(group -> text.append(", ").append(group.name()).append(": List[Tensor]"));
    text.append(") -> Tensor:\n");
    for (ParameterGroup group : groups) {
      text.append(
          "    %1$s_norms = torch.stack(torch._foreach_norm(%1$s, 2))\n".formatted(group.name()));
      text.append("    %1$s_norm = torch.linalg_vector_norm(%1$s_norms)\n".formatted(group.name()));
    }
    text.append(norm("total", groups));
    List<ParameterGroup> together = groups.stream().filter(g -> g.maxGradNorm() == null).toList();
    if (maxGradNorm != null && !together.isEmpty()) {
      text.append(norm("together", together));
      together.forEach(group -> text.append(clip(group, "together", maxGradNorm)));
    }
    for (ParameterGroup group : groups) {
      if (group.maxGradNorm() != null) {
        text.append(clip(group, group.name() + "_norm", group.maxGradNorm()));
      }
    }
    return text.append(
            "    finite = torch.logical_and(torch.isfinite(total), torch.isfinite(loss))\n")
        .append("    figures = [torch.to(finite, 7), torch.to(loss, 7), torch.to(correct, 7), ")
        .append(
            groups.stream().map(g -> "torch.to(" + g.name() + "_norm, 7)").collect(joining(", ")))
        .append("]\n    return torch.stack(figures)\n")
        .toString();
  }

  private static String norm(String name, List<ParameterGroup> groups) {
    String norms = groups.stream().map(g -> g.name() + "_norms").collect(joining(", "));
    return "    %s = torch.linalg_vector_norm(torch.cat([%s]))\n".formatted(name, norms);
  }

  private static String clip(ParameterGroup group, String norm, double limit) {
    return """
            scale = torch.mul(torch.reciprocal(torch.add(%s, 1e-6)), %s)
            torch._foreach_mul_(%s, torch.clamp(scale, None, 1.))
        """
        .formatted(norm, limit, group.name());
  }

  /** All that the host is told of a step, to be read at once; state in the parameters' formats. */
  static final String STATE_METHODS =
      """
        def report(self: __torch__.Program, measured: Tensor, scalars: Tensor) -> Tensor:
          return torch.cat([measured, scalars])
        def zeros(self: __torch__.Program, like: List[Tensor]) -> List[Tensor]:
          out = annotate(List[Tensor], [])
          for t in like:
            out = torch.append(out, torch.zeros_like(t))
          return out
        def flat(self: __torch__.Program, like: List[Tensor], tensors: List[Tensor]) -> List[Tensor]:
          out = annotate(List[Tensor], [])
          for i in range(torch.len(tensors)):
            t = tensors[i]
            if torch.ne(torch.stride(torch.squeeze(t)), torch.stride(torch.squeeze(like[i]))):
              t = torch.copy_(torch.empty_like(like[i]), t)
            out = torch.append(out, torch.as_strided(t, [torch.numel(t)], [1]))
          return out
        def copy(self: __torch__.Program, to: List[Tensor], source: List[Tensor]) -> None:
          torch._foreach_copy_(to, source)
          return None
      """;
}
