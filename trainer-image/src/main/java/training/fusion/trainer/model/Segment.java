package training.fusion.trainer.model;

import java.util.ArrayList;
import java.util.List;

/**
 * A run of blocks that a pass treats as one: between it and its neighbours goes one value.
 *
 * @param endBlock the block after the last one
 * @param firstLeaf index of the first parameter that gets a gradient
 * @param endLeaf index after the last such parameter
 * @param endParameter index after the last parameter of all that are its own
 */
record Segment(int firstBlock, int endBlock, int firstLeaf, int endLeaf, int endParameter) {
  /**
   * The segments of a network.
   *
   * @param ranges what each differentiates, one after the other; the first and the last have the
   *     blocks before and after these, too
   */
  static List<Segment> of(List<TrainableBlocks> ranges, ArchitectureTable table) {
    List<Segment> segments = new ArrayList<>();
    int last = ranges.size() - 1;
    for (int i = 0; i <= last; i++) {
      TrainableBlocks range = ranges.get(i);
      segments.add(
          new Segment(
              i == 0 ? 0 : range.first(),
              i == last ? table.blocks() + 1 : range.last() + 1,
              range.firstParameter(table),
              range.endParameter(table),
              i == last ? table.parameters().size() : range.endParameter(table)));
    }
    return List.copyOf(segments);
  }
}
