package training.fusion.trainer.optim;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import training.fusion.api.Optimization;
import training.fusion.api.Schedule;
import training.fusion.api.Training.UpdateOrder;
import training.fusion.trainer.model.ArchitectureTable;
import training.fusion.trainer.model.FrozenBlocks;
import training.fusion.trainer.model.TrainableBlocks;
import training.fusion.trainer.model.architecture.ParameterSpec;
import training.fusion.trainer.model.architecture.ParameterSpec.Initialization;

/**
 * Neighbouring blocks under one update rule.
 *
 * @param name lowLevel and highLevel; level1, level2 …; or all
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

  /** The groups of a strategy, that of the first blocks first. */
  public static List<ParameterGroup> of(Optimization optimization, ArchitectureTable table) {
    List<ParameterGroup> groups = divided(optimization, table);
    groups.stream().filter(group -> !group.frozen()).forEach(group -> group.refuseFixed(table));
    return groups;
  }

  /** What is not to be trained by its file's word is not trained silently. */
  private void refuseFixed(ArchitectureTable table) {
    for (ParameterSpec parameter : table.parameters()) {
      int block = parameter.block();
      if (parameter.initialization() == Initialization.FIXED
          && block >= firstBlock
          && block <= lastBlock) {
        throw new IllegalArgumentException(
            "model.module: its parameter %s is saved with requires_grad False, and optimization trains its block %d; give that block to a level with optimizer type None (by model.module.blocks the parameter can be one of its own), or call requires_grad_(True) before torch.jit.script"
                .formatted(parameter.name(), block));
      }
    }
  }

  private static List<ParameterGroup> divided(Optimization optimization, ArchitectureTable table) {
    int head = table.blocks();
    List<Optimization.Level> levels = optimization.inLevels();
    if (levels.size() < 2) {
      UpdateRule rule = UpdateRule.ofAll(optimization);
      return List.of(new ParameterGroup("all", rule, 0, head, count(0, head, table), null, null));
    }
    List<ParameterGroup> groups = new ArrayList<>();
    int first = 0;
    for (Optimization.Level level : levels) {
      boolean top = groups.size() == levels.size() - 1;
      int last = top ? head : lastBlock(optimization, level, groups.size(), first, table);
      groups.add(
          new ParameterGroup(
              name(optimization, groups.size()),
              UpdateRule.of(level.optimizer()),
              first,
              last,
              count(first, last, table),
              level.schedule(),
              level.maxGradNorm()));
      first = last + 1;
    }
    return List.copyOf(groups);
  }

  private static String name(Optimization optimization, int level) {
    if (optimization.fusion() != null) {
      return level == 0 ? "lowLevel" : "highLevel";
    }
    return "level" + (level + 1);
  }

  /** What no API server has looked at may be anything. */
  private static int lastBlock(
      Optimization optimization,
      Optimization.Level level,
      int index,
      int least,
      ArchitectureTable table) {
    Integer last = level.lastBlock();
    int most = table.lastBoundary();
    String field =
        optimization.fusion() != null ? "fusion.lowLevel" : "levels[%d]".formatted(index);
    if (least > most) {
      throw new IllegalArgumentException(
          "optimization.%s.lastBlock: the network has blocks 0–%d, and none is left for this level; %stake fewer levels"
              .formatted(
                  field, table.blocks(), index == 0 ? "" : "end the one before it earlier, or "));
    }
    if (last == null || last < least || last > most) {
      throw new IllegalArgumentException(
          "optimization.%s.lastBlock must be %d–%d, but is %s"
              .formatted(field, least, most, last == null ? "absent" : last));
    }
    return last;
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

  /** The blocks that are not trained, at either end and between others. */
  public static FrozenBlocks frozenBlocks(List<ParameterGroup> groups) {
    Set<Integer> blocks = new HashSet<>();
    Set<Integer> withStatistics = new HashSet<>();
    for (ParameterGroup group : groups) {
      if (group.rule() instanceof UpdateRule.Frozen frozen) {
        for (int block = group.firstBlock(); block <= group.lastBlock(); block++) {
          blocks.add(block);
          if (frozen.withStatistics()) {
            withStatistics.add(block);
          }
        }
      }
    }
    return new FrozenBlocks(blocks, withStatistics);
  }

  /**
   * What is updated one after the other, where a step does not update all blocks at once: blocks;
   * but a group as one whose rule looks at all its gradients, or that is clipped by its own norm
   * before the gradients of the others are there.
   *
   * @param maxGradNorm of groups without a limit of their own; null: none
   * @param byBlock whether the blocks of a group have rates of their own
   * @return nothing where all blocks are updated at once
   */
  public static List<TrainableBlocks> segments(
      List<ParameterGroup> groups,
      UpdateOrder order,
      @Nullable Double maxGradNorm,
      boolean byBlock) {
    List<TrainableBlocks> segments = new ArrayList<>();
    if (order == UpdateOrder.AFTER_BACKWARD) {
      return segments;
    }
    if (order == UpdateOrder.DURING_BACKWARD && maxGradNorm != null) {
      throw new IllegalArgumentException(
          "training.updateOrder: DuringBackward updates a block before the other blocks have gradients, and training.maxGradNorm is the norm of all; set the maxGradNorm of each level instead, or choose DuringForward");
    }
    for (ParameterGroup group : between(groups)) {
      if (group.rule().scalars() > 0) {
        throw new IllegalArgumentException(
            "training.updateOrder: %s looks at all gradients together before it updates; choose AfterBackward, or another strategy"
                .formatted(group.rule().label()));
      }
      boolean whole =
          group.rule().looksAtAll()
              || (order == UpdateOrder.DURING_BACKWARD && group.maxGradNorm() != null);
      if (whole && byBlock) {
        throw new IllegalArgumentException(
            "training.updateOrder: the level %s is updated as one, because its gradients are limited together, and with optimization.learningRateDecay its blocks have rates of their own; choose AfterBackward, or remove one of the two"
                .formatted(group.name()));
      }
      segments.addAll(whole ? List.of(group.blocks()) : group.eachBlock());
    }
    return List.copyOf(segments);
  }

  /**
   * What has a rate of its own where all blocks are updated at once: the groups, or each block.
   *
   * @throws IllegalArgumentException if a group's rule looks at all its gradients, by block
   */
  static List<TrainableBlocks> parts(List<ParameterGroup> groups, boolean byBlock) {
    List<TrainableBlocks> parts = new ArrayList<>();
    for (ParameterGroup group : between(groups)) {
      if (byBlock && group.rule().looksAtAll()) {
        throw new IllegalArgumentException(
            "optimization.learningRateDecay: %s limits the gradients of its level together; set its maxGradNorm to 0, or remove learningRateDecay"
                .formatted(group.rule().label()));
      }
      parts.addAll(byBlock ? group.eachBlock() : List.of(group.blocks()));
    }
    return parts;
  }

  /** All groups but those at either end that are frozen: the others' gradients pass through. */
  private static List<ParameterGroup> between(List<ParameterGroup> groups) {
    TrainableBlocks trained = trainable(groups);
    return groups.stream()
        .filter(g -> g.firstBlock() >= trained.first() && g.lastBlock() <= trained.last())
        .toList();
  }

  private List<TrainableBlocks> eachBlock() {
    return IntStream.rangeClosed(firstBlock, lastBlock)
        .mapToObj(block -> new TrainableBlocks(block, block))
        .toList();
  }

  TrainableBlocks blocks() {
    return new TrainableBlocks(firstBlock, lastBlock);
  }

  /** Whether nothing in the group is updated. */
  public boolean frozen() {
    return rule instanceof UpdateRule.Frozen;
  }
}
