package training.fusion.trainer.model;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import training.fusion.trainer.model.architecture.ParameterSpec;

/**
 * A run of blocks that a pass treats as one: between it and its neighbours goes one value.
 *
 * @param endBlock the block after the last one
 * @param firstLeaf index of the first parameter that gets a gradient
 * @param endLeaf index after the last such parameter; the first's own where none does
 * @param endParameter index after the last parameter of all that are its own
 * @param gradientsBefore how many the segments before it have
 */
record Segment(
    int firstBlock,
    int endBlock,
    int firstLeaf,
    int endLeaf,
    int endParameter,
    int gradientsBefore) {
  /**
   * The segments of a network.
   *
   * @param ranges what each differentiates, one after the other; the first and the last have the
   *     blocks before and after these, too
   * @param differentiated which parameters get a gradient: all of a range, or none
   */
  static List<Segment> of(
      List<TrainableBlocks> ranges,
      Predicate<ParameterSpec> differentiated,
      ArchitectureTable table) {
    List<Segment> segments = new ArrayList<>();
    int gradients = 0;
    int last = ranges.size() - 1;
    for (int i = 0; i <= last; i++) {
      TrainableBlocks range = ranges.get(i);
      int first = range.firstParameter(table);
      int end = range.endParameter(table);
      int endLeaf = differentiated.test(table.parameters().get(first)) ? end : first;
      segments.add(
          new Segment(
              i == 0 ? 0 : range.first(),
              i == last ? table.blocks() + 1 : range.last() + 1,
              first,
              endLeaf,
              i == last ? table.parameters().size() : end,
              gradients));
      gradients += endLeaf - first;
    }
    return List.copyOf(segments);
  }
}
