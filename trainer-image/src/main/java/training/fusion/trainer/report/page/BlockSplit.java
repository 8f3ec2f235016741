package training.fusion.trainer.report.page;

import java.util.ArrayList;
import java.util.List;
import training.fusion.trainer.model.ArchitectureTable;
import training.fusion.trainer.optim.ParameterGroup;

/**
 * The optimizers over the blocks.
 *
 * @param groups low level first
 * @param rows one per block, the head last
 * @param parameters of all blocks together
 */
public record BlockSplit(List<Group> groups, List<Row> rows, String parameters) {

  /**
   * Blocks under one optimizer.
   *
   * @param look class of its colour
   * @param blocks such as {@code blocks 0–5}
   * @param width of its bar, in percent
   */
  public record Group(
      String name,
      String look,
      String optimizer,
      String blocks,
      String parameters,
      String share,
      double width) {}

  /**
   * A block.
   *
   * @param width of its bar, in percent of the largest block's
   * @param upTo share of all parameters in the blocks up to this one
   * @param boundary whether the next block is another group's
   */
  public record Row(
      String block,
      String what,
      String parameters,
      String share,
      double width,
      String upTo,
      String optimizer,
      String look,
      boolean boundary) {}

  static BlockSplit of(List<ParameterGroup> groups, ArchitectureTable table) {
    int head = table.blocks();
    long total = groups.stream().mapToLong(ParameterGroup::parameters).sum();
    long largest = 1;
    for (int block = 0; block <= head; block++) {
      largest = Math.max(largest, table.parametersIn(block));
    }
    List<Row> rows = new ArrayList<>();
    long sum = 0;
    for (ParameterGroup group : groups) {
      for (int block = group.firstBlock(); block <= group.lastBlock(); block++) {
        long parameters = table.parametersIn(block);
        sum += parameters;
        rows.add(
            new Row(
                block == head ? "head" : String.valueOf(block),
                table.describe(block),
                PageFigures.count(parameters),
                PageFigures.percent((double) parameters / total),
                100.0 * parameters / largest,
                PageFigures.percent((double) sum / total),
                optimizer(group),
                look(group),
                block == group.lastBlock() && block != head));
      }
    }
    return new BlockSplit(
        groups.stream().map(group -> view(group, total, head)).toList(),
        List.copyOf(rows),
        PageFigures.count(total));
  }

  private static Group view(ParameterGroup group, long total, int head) {
    double share = (double) group.parameters() / total;
    return new Group(
        GroupLook.name(group.name()),
        look(group),
        optimizer(group),
        blocks(group, head),
        PageFigures.count(group.parameters()),
        PageFigures.percent(share),
        100 * share);
  }

  private static String blocks(ParameterGroup group, int head) {
    if (group.firstBlock() == head) {
      return "head";
    }
    int last = Math.min(group.lastBlock(), head - 1);
    String blocks =
        group.firstBlock() == last
            ? "block " + last
            : "blocks %d–%d".formatted(group.firstBlock(), last);
    return group.lastBlock() == head ? blocks + " and head" : blocks;
  }

  private static String optimizer(ParameterGroup group) {
    return group.frozen() ? "frozen" : group.rule().label();
  }

  private static String look(ParameterGroup group) {
    return group.frozen() ? "frozen" : GroupLook.of(group.name());
  }
}
