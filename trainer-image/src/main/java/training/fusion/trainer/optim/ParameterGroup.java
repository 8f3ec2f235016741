package training.fusion.trainer.optim;

import java.util.ArrayList;
import java.util.List;
import training.fusion.api.Optimization;
import training.fusion.api.Optimizer;
import training.fusion.api.OptimizerDefaults;
import training.fusion.api.OptimizerType;
import training.fusion.trainer.model.ArchitectureTable;
import training.fusion.trainer.model.TrainableBlocks;

/**
 * Neighbouring blocks under one update rule.
 *
 * @param name lowLevel, highLevel or all
 * @param optimizer with every default filled in
 * @param firstBlock in the paper's numbering
 * @param lastBlock inclusive; the head is the block after the last
 * @param parameters trainable elements in these blocks
 */
public record ParameterGroup(
    String name, Optimizer optimizer, int firstBlock, int lastBlock, long parameters) {

  /** The groups of a strategy, low level first. */
  public static List<ParameterGroup> of(Optimization optimization, ArchitectureTable table) {
    int head = table.blocks();
    if (optimization.single() != null) {
      return List.of(group("all", optimization.single().optimizer(), 0, head, table));
    }
    if (optimization.fusion() != null) {
      int boundary = optimization.fusion().lowLevel().lastBlock();
      if (boundary < 0 || boundary >= head - 1) {
        throw new IllegalArgumentException(
            "optimization.fusion.lowLevel.lastBlock must be 0–%d, but is %d"
                .formatted(head - 2, boundary));
      }
      return List.of(
          group("lowLevel", optimization.fusion().lowLevel().optimizer(), 0, boundary, table),
          group(
              "highLevel",
              optimization.fusion().highLevel().optimizer(),
              boundary + 1,
              head,
              table));
    }
    throw new IllegalArgumentException("optimization needs one of fusion, single");
  }

  private static ParameterGroup group(
      String name, Optimizer optimizer, int first, int last, ArchitectureTable table) {
    long parameters = 0;
    for (int block = first; block <= last; block++) {
      parameters += table.parametersIn(block);
    }
    return new ParameterGroup(name, OptimizerDefaults.resolve(optimizer), first, last, parameters);
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
    return optimizer.type() == OptimizerType.NONE;
  }
}
