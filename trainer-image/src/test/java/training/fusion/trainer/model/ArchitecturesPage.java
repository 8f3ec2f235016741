package training.fusion.trainer.model;

import java.util.Locale;
import java.util.stream.IntStream;
import training.fusion.api.Architecture;

/** docs/architectures.md: what blocks each network has, from the rows and the tables. */
final class ArchitecturesPage {
  private static final int CLASSES = 10;
  private static final int IMAGENET_CLASSES = 1000;

  private ArchitecturesPage() {}

  static String text() {
    var page = new StringBuilder();
    page.append(
        """
        # Networks

        What a boundary can lie between. Made from the rows of `Architecture` and the trainer's tables (`ArchitecturesPageTest` says how); `./fusion blocks ResNet-50` prints the same of that network; with `--file` it says, too, who trains which block. Names of tensors and their numbering are torchvision's, DeiT's in torchvision's scheme of a ViT. How each was compared with its reference: [evidence/networks.md](evidence/networks.md).

        | network | blocks, the head not counted | parameters with 10 classes | with 1,000 | dropout | stochastic depth |
        | --- | --- | --- | --- | --- | --- |
        """);
    for (Architecture row : Architecture.values()) {
      page.append(
          "| %s | 0–%d: %s | %s | %s | %s | %s |\n"
              .formatted(
                  row,
                  row.blocks() - 1,
                  row.family().blocks(),
                  grouped(parameters(row, CLASSES)),
                  grouped(parameters(row, IMAGENET_CLASSES)),
                  number(row.dropout()),
                  row.stochasticDepth() == null ? "–" : number(row.stochasticDepth())));
    }
    for (Architecture row : Architecture.values()) {
      blocks(page, row);
    }
    return page.toString();
  }

  private static void blocks(StringBuilder page, Architecture row) {
    ArchitectureTable table = ArchitectureTable.of(row, CLASSES);
    long total = parameters(row, CLASSES);
    page.append(
        """

        ## %s

        | block | what it is | parameters | share | up to it |
        | --- | --- | --- | --- | --- |
        """
            .formatted(row));
    long sum = 0;
    for (int block = 0; block <= table.blocks(); block++) {
      long own = table.parametersIn(block);
      sum += own;
      page.append(
          "| %s | %s | %s | %s | %s |\n"
              .formatted(
                  block == table.blocks() ? "head" : block,
                  table.describe(block),
                  grouped(own),
                  percent(own, total),
                  percent(sum, total)));
    }
  }

  private static long parameters(Architecture row, int classes) {
    ArchitectureTable table = ArchitectureTable.of(row, classes);
    return IntStream.rangeClosed(0, table.blocks()).mapToLong(table::parametersIn).sum();
  }

  private static String grouped(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  private static String percent(long part, long whole) {
    return String.format(Locale.ROOT, "%.1f %%", 100.0 * part / whole);
  }

  private static String number(double value) {
    return value == 0 ? "0" : String.valueOf(value);
  }
}
