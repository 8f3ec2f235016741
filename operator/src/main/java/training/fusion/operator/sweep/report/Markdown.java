package training.fusion.operator.sweep.report;

import java.util.List;
import java.util.stream.Collectors;

/** The report as Markdown, its tables in GitHub's dialect. */
final class Markdown {
  private Markdown() {}

  static String of(SweepReport report) {
    return report.tables().stream()
        .map(Markdown::table)
        .collect(
            Collectors.joining(
                "\n", "# %s\n\n%s.\n\n".formatted(report.name(), report.progress()), ""));
  }

  private static String table(Table table) {
    String head = line(table.columns().stream().map(Table.Column::name).toList());
    String alignment =
        table.columns().stream()
            .map(column -> column.kind() == Table.Kind.TEXT ? "---" : "--:")
            .collect(Collectors.joining("|", "|", "|\n"));
    String rows = table.rows().stream().map(Markdown::line).collect(Collectors.joining());
    return "## %s\n\n%s\n\n".formatted(table.title(), table.note()) + head + alignment + rows;
  }

  private static String line(List<String> cells) {
    return cells.stream().map(Markdown::escaped).collect(Collectors.joining(" | ", "| ", " |\n"));
  }

  /** A failure's message may hold anything; a table's cell is one line of plain text. */
  private static String escaped(String cell) {
    return cell.replaceAll("\\s+", " ").replaceAll("([\\\\|`*_<\\[\\]])", "\\\\$1");
  }
}
