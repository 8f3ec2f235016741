package training.fusion.operator.sweep.report;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import training.fusion.api.resource.sweep.FusionSweepStatus.Figures;
import training.fusion.operator.sweep.TrialRow;

/** The report as Markdown, its tables in GitHub's dialect. */
final class Markdown {
  private final StringBuilder text = new StringBuilder();

  private Markdown() {}

  static String of(SweepReport report) {
    var page = new Markdown();
    page.line("# " + report.name()).line("").line(report.progress() + ".").line("");
    report.paper().forEach(page::paper);
    page.groups(report.groups());
    page.statistics(report.statistics());
    page.failures(report.failures());
    return page.text.toString();
  }

  private void paper(PaperTable table) {
    line("## " + table.title()).line("").line(Words.PAPER).line("");
    line(
        "| model | data set | low level | last block | high level | n | accuracy % | paper | Δ"
            + " | loss | paper | Δ | F1 % | paper | Δ |");
    line("|---|---|---|---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|");
    for (PaperTable.Line row : table.lines()) {
      List<String> cells = new ArrayList<>();
      cells.addAll(
          List.of(
              row.paper().model(),
              row.paper().dataset(),
              row.paper().lowLevel(),
              row.paper().lastBlock(),
              row.paper().single() ? "" : row.paper().highLevelOrSgd(),
              row.trials()));
      for (PaperFigures figures : PaperFigures.of(row)) {
        cells.addAll(List.of(figures.ours(), figures.paper(), figures.difference()));
      }
      row(cells);
    }
    line("");
  }

  private void groups(Groups groups) {
    line("## Groups").line("").line(Words.GROUPS).line("");
    line(
        "| # | arm | data set | strategy | high level's share | n | validation accuracy %"
            + " | test accuracy % | test loss | test F1 % |");
    line("|--:|---|---|---|--:|--:|--:|--:|--:|--:|");
    for (Group group : groups.groups()) {
      Figures validation = group.validation();
      Figures test = group.test();
      row(
          List.of(
              Integer.toString(group.number()),
              group.cell().arm(),
              group.cell().dataset(),
              group.label(),
              Text.share(group.highLevelShare()),
              group.succeeded().size() + " of " + group.trials().size(),
              Text.percent(validation == null ? null : validation.accuracy()),
              Text.percent(test == null ? null : test.accuracy()),
              Text.loss(test == null ? null : test.loss()),
              Text.percent(test == null ? null : test.f1())));
    }
    line("");
  }

  private void statistics(Statistics statistics) {
    if (statistics.comparisons().isEmpty()) {
      return;
    }
    line("## Statistics").line("").line(Words.STATISTICS).line("");
    line(
        "| arm | data set | optimizers | chosen on validation | best single on validation | n"
            + " | difference, points (95 %) | p | p (Holm) | verdict |");
    line("|---|---|---|---|---|--:|--:|--:|--:|---|");
    for (Comparison comparison : statistics.comparisons()) {
      List<String> cells = new ArrayList<>();
      cells.addAll(List.of(comparison.arm(), comparison.dataset(), comparison.family()));
      cells.addAll(Words.of(comparison.outcome()));
      row(cells);
    }
    line("");
  }

  private void failures(List<TrialRow> failures) {
    if (failures.isEmpty()) {
      return;
    }
    line("## Failed trials")
        .line("")
        .line("| trial | seed | strategy | why |")
        .line("|---|--:|---|---|");
    for (TrialRow row : failures) {
      row(
          List.of(
              row.trial(),
              Integer.toString(row.cell().seed()),
              Words.strategy(row),
              row.failure() == null ? Text.NONE : row.failure()));
    }
    line("");
  }

  private void row(List<String> cells) {
    line(cells.stream().map(Markdown::escaped).collect(Collectors.joining(" | ", "| ", " |")));
  }

  /** A failure's message may hold anything; a table's cell is one line of plain text. */
  private static String escaped(String cell) {
    return cell.replaceAll("\\s+", " ").replaceAll("([\\\\|`*_<\\[\\]])", "\\\\$1");
  }

  private Markdown line(String line) {
    text.append(line).append('\n');
    return this;
  }
}
