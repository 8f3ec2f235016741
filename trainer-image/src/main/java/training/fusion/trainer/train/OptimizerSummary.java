package training.fusion.trainer.train;

import java.util.List;
import java.util.stream.Collectors;
import training.fusion.trainer.optim.ParameterGroup;

/** Which blocks are updated how, in a line: {@code Adam blocks 0–5 → SGD blocks 6–7 and head}. */
public final class OptimizerSummary {
  private OptimizerSummary() {}

  /**
   * The line.
   *
   * @param groups low level first
   * @param head number of the head: one more than the last block's
   */
  public static String of(List<ParameterGroup> groups, int head) {
    return groups.stream().map(group -> of(group, head)).collect(Collectors.joining(" → "));
  }

  private static String of(ParameterGroup group, int head) {
    String rule = group.frozen() ? "frozen" : group.rule().label();
    if (group.firstBlock() == 0 && group.lastBlock() == head) {
      return rule + " for all";
    }
    int last = Math.min(group.lastBlock(), head - 1);
    String blocks =
        group.firstBlock() == last
            ? "block " + last
            : "blocks %d–%d".formatted(group.firstBlock(), last);
    return rule + " " + blocks + (group.lastBlock() == head ? " and head" : "");
  }
}
