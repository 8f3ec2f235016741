package training.fusion.trainer.model;

import java.util.Set;

/**
 * What is not trained, wherever it lies.
 *
 * @param blocks their parameters get no gradients
 * @param withStatistics those of them whose batch norms keep to the running statistics that they
 *     have, in training too
 */
public record FrozenBlocks(Set<Integer> blocks, Set<Integer> withStatistics) {
  public static final FrozenBlocks NONE = new FrozenBlocks(Set.of(), Set.of());

  public FrozenBlocks {
    blocks = Set.copyOf(blocks);
    withStatistics = Set.copyOf(withStatistics);
  }
}
