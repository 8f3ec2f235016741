package training.fusion.trainer.optim;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import training.fusion.api.Optimization;
import training.fusion.api.Schedule;
import training.fusion.trainer.model.ArchitectureTable;
import training.fusion.trainer.model.TrainableBlocks;

/**
 * Neighbouring blocks under one update rule.
 *
 * @param name lowLevel, highLevel or all
 * @param firstBlock in the paper's numbering
 * @param lastBlock inclusive; the head is the block after the last
 * @param parameters trainable elements in these blocks
 * @param schedule the group's own; null: that of the training
 * @param maxGradNorm the group's own; null: clipped with the others
 */
public record ParameterGroup(
    String name,
    UpdateRule rule,
    int firstBlock,
    int lastBlock,
    long parameters,
    @Nullable Schedule schedule,
    @Nullable Double maxGradNorm) {

  /** The groups of a strategy, low level first. */
  public static List<ParameterGroup> of(Optimization optimization, ArchitectureTable table) {
    int head = table.blocks();
    Optimization.Fusion fusion = optimization.fusion();
    if (fusion == null) {
      UpdateRule rule = UpdateRule.ofAll(optimization);
      return List.of(new ParameterGroup("all", rule, 0, head, count(0, head, table), null, null));
    }
    Optimization.LowLevel low = fusion.lowLevel();
    Optimization.HighLevel high = fusion.highLevel();
    int boundary = low.lastBlock();
    if (boundary < 0 || boundary >= head - 1) {
      throw new IllegalArgumentException(
          "optimization.fusion.lowLevel.lastBlock must be 0–%d, but is %d"
              .formatted(head - 2, boundary));
    }
    return List.of(
        new ParameterGroup(
            "lowLevel",
            UpdateRule.of(low.optimizer()),
            0,
            boundary,
            count(0, boundary, table),
            low.schedule(),
            low.maxGradNorm()),
        new ParameterGroup(
            "highLevel",
            UpdateRule.of(high.optimizer()),
            boundary + 1,
            head,
            count(boundary + 1, head, table),
            high.schedule(),
            high.maxGradNorm()));
  }

  private static long count(int first, int last, ArchitectureTable table) {
    long parameters = 0;
    for (int block = first; block <= last; block++) {
      parameters += table.parametersIn(block);
    }
    return parameters;
  }

  /** The blocks that need gradients: all but those at either end that are frozen. */
  public static TrainableBlocks trainable(List<ParameterGroup> groups) {
    List<ParameterGroup> trained = new ArrayList<>(groups);
    trained.removeIf(ParameterGroup::frozen);
    return new TrainableBlocks(
        trained.get(0).firstBlock(), trained.get(trained.size() - 1).lastBlock());
  }

  /** Whether nothing in the group is updated. */
  public boolean frozen() {
    return rule instanceof UpdateRule.Frozen;
  }
}
