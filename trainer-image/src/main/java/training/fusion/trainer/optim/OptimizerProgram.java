package training.fusion.trainer.optim;

import static java.util.stream.Collectors.joining;

import java.util.List;
import org.jspecify.annotations.Nullable;
import training.fusion.trainer.model.ScriptArchive;

/**
 * The TorchScript methods of a fusion optimizer: {@code measure} (norms, clipping, finite or not),
 * one {@code update} for each group, {@code report}, and what makes and copies state. All are
 * multi-tensor and in place.
 */
public final class OptimizerProgram {
  private static final String SELF = "(self: __torch__.Program, ";

  private OptimizerProgram() {}

  /**
   * The archive of what a GPU updates these groups by, none of them frozen; nothing is compiled.
   */
  public static byte[] archive(List<ParameterGroup> groups) {
    return ScriptArchive.of(text(groups, null, Mask.ARITHMETIC));
  }

  /**
   * The text of the program.
   *
   * @param groups those that are trained
   * @param maxGradNorm of those without a limit of their own; null: none
   */
  static String text(List<ParameterGroup> groups, @Nullable Double maxGradNorm, Mask mask) {
    var text = new StringBuilder(STATE_METHODS);
    text.append(measureText(groups, maxGradNorm));
    text.append(weighText(groups));
    for (int i = 0; i < groups.size(); i++) {
      text.append(updateText(i, groups.get(i).rule(), mask));
      text.append(measureSegmentText(i, groups.get(i)));
    }
    return text.toString();
  }

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
    var text = new StringBuilder(begin("measure", groups));
    for (ParameterGroup group : groups) {
      text.append(norms(group.name()));
    }
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
    text.append(figures(groups));
    text.append(begin("conclude", groups));
    for (ParameterGroup group : groups) {
      text.append("    %1$s_norms = torch.cat(%1$s)\n".formatted(group.name()));
      text.append("    %1$s_norm = torch.linalg_vector_norm(%1$s_norms)\n".formatted(group.name()));
    }
    return text.append(figures(groups)).toString();
  }

  /** Norms of the groups' parameters, fp64. */
  static String weighText(List<ParameterGroup> groups) {
    var text = new StringBuilder("  def weigh(self: __torch__.Program");
    groups.forEach(group -> text.append(", " + group.name() + ": List[Tensor]"));
    text.append(") -> Tensor:\n");
    groups.forEach(group -> text.append(norms(group.name())));
    return text.append("    return torch.stack([")
        .append(
            groups.stream().map(g -> "torch.to(" + g.name() + "_norm, 7)").collect(joining(", ")))
        .append("])\n")
        .toString();
  }

  /** Names what measures a part of the trained group with this index. */
  static String measure(int group) {
    return "measure_" + group;
  }

  /**
   * The same of a part of a group: whether everything was finite until now, and the norms of its
   * gradients, of which {@code conclude} makes what {@code measure} returns.
   */
  static String measureSegmentText(int index, ParameterGroup group) {
    String name = group.name();
    return "  def "
        + measure(index)
        + SELF
        + "before: Tensor, %s: List[Tensor]) -> List[Tensor]:\n".formatted(name)
        + norms(name)
        + (group.maxGradNorm() == null ? "" : clip(group, name + "_norm", group.maxGradNorm()))
        + "    finite = torch.to(torch.isfinite(%s_norm), 7)\n".formatted(name)
        + "    return [torch.mul(before, finite), %s_norms]\n".formatted(name);
  }

  private static String begin(String method, List<ParameterGroup> groups) {
    return groups.stream()
        .map(group -> ", " + group.name() + ": List[Tensor]")
        .collect(
            joining(
                "", "  def " + method + SELF + "loss: Tensor, correct: Tensor", ") -> Tensor:\n"));
  }

  private static String norms(String group) {
    return "    %1$s_norms = torch.stack(torch._foreach_norm(%1$s, 2))\n".formatted(group)
        + "    %1$s_norm = torch.linalg_vector_norm(%1$s_norms)\n".formatted(group);
  }

  private static String figures(List<ParameterGroup> groups) {
    return norm("total", groups)
        + "    finite = torch.logical_and(torch.isfinite(total), torch.isfinite(loss))\n"
        + "    figures = [torch.to(finite, 7), torch.to(loss, 7), torch.to(correct, 7), "
        + groups.stream().map(g -> "torch.to(" + g.name() + "_norm, 7)").collect(joining(", "))
        + "]\n    return torch.stack(figures)\n";
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
        def finite(self: __torch__.Program, loss: Tensor) -> Tensor:
          return torch.reshape(torch.to(torch.isfinite(loss), 7), [1])
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
