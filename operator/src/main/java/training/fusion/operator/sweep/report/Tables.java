package training.fusion.operator.sweep.report;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import training.fusion.api.resource.sweep.FusionSweepStatus.Figures;
import training.fusion.operator.sweep.trial.TrialRow;

/** The report's tables. One that would have no rows is left out. */
final class Tables {
  private static final int MOST_FAILURES = 50;

  private Tables() {}

  /** Those of the paper that the sweep has cells of. */
  static List<Table> paper(SweepReport report) {
    return report.paper().stream().map(Tables::paper).toList();
  }

  private static Table paper(PaperTable table) {
    List<Table.Column> columns = new ArrayList<>();
    Stream.of("model", "data set", "low level", "last block", "high level")
        .map(Table.Column::text)
        .forEach(columns::add);
    Stream.of("n", "accuracy %", "paper", "Δ", "loss", "paper", "Δ", "F1 %", "paper", "Δ")
        .map(Table.Column::number)
        .forEach(columns::add);
    return new Table(
        "Beside the paper's Table " + table.number(),
        "Ours is measured on the test images, mean ± standard deviation over n seeds; the paper's"
            + " values are Kim and Moon's. Δ is ours minus the paper's. A dash: not run yet. Of"
            + " several groups that match a row, the best on validation stands here.",
        columns,
        table.lines().stream().map(Tables::cells).toList());
  }

  private static List<String> cells(PaperTable.Line line) {
    PaperRow paper = line.paper();
    List<String> cells = new ArrayList<>();
    cells.addAll(List.of(paper.model(), paper.dataset(), paper.lowLevel(), paper.lastBlock()));
    cells.add(paper.single() ? "" : paper.highLevelOrSgd());
    cells.add(line.succeeded() == 0 ? FormattedFigures.NONE : Integer.toString(line.succeeded()));
    for (PaperFigures figures : PaperFigures.of(line)) {
      cells.addAll(List.of(figures.ours(), figures.paper(), figures.difference()));
    }
    return cells;
  }

  /** Every group. */
  static Table groups(SweepReport report) {
    return new Table(
        "Groups",
        "Trials that differ in the seed alone; mean ± standard deviation (n − 1) over those that"
            + " succeeded. F1 is macro. Share: parameters that the high level's optimizer updates.",
        List.of(
            Table.Column.number("#"),
            Table.Column.text("arm"),
            Table.Column.text("data set"),
            Table.Column.text("strategy"),
            Table.Column.share("high level's share"),
            Table.Column.number("n"),
            Table.Column.number("validation accuracy %"),
            Table.Column.number("test accuracy %"),
            Table.Column.number("test loss"),
            Table.Column.number("test F1 %")),
        report.groups().groups().stream().map(Tables::cells).toList());
  }

  private static List<String> cells(Group group) {
    Figures validation = group.validation();
    Figures test = group.test();
    return List.of(
        Integer.toString(group.number()),
        group.cell().arm(),
        group.cell().dataset(),
        group.label(),
        FormattedFigures.share(group.highLevelShare()),
        group.succeeded().size() + " of " + group.trials().size(),
        FormattedFigures.percent(validation == null ? null : validation.accuracy()),
        FormattedFigures.percent(test == null ? null : test.accuracy()),
        FormattedFigures.loss(test == null ? null : test.loss()),
        FormattedFigures.percent(test == null ? null : test.f1()));
  }

  /** Each family of strategies against the best single optimizer. */
  static List<Table> statistics(SweepReport report) {
    List<List<String>> rows =
        report.statistics().comparisons().stream().map(Tables::cells).toList();
    if (rows.isEmpty()) {
      return List.of();
    }
    return List.of(
        new Table(
            "Statistics",
            "For each pair of optimizers the boundary, and the best single optimizer, are chosen by"
                + " accuracy on validation with the first quarter of the seeds; then they are"
                + " compared by accuracy on test with the other seeds. Difference: mean of the"
                + " pairs in points, 95 % interval by Student's t; p: exact sign-flip test,"
                + " two-sided; Holm: corrected for the number of comparisons. Significant at 0.05.",
            List.of(
                Table.Column.text("arm"),
                Table.Column.text("data set"),
                Table.Column.text("optimizers"),
                Table.Column.text("chosen on validation"),
                Table.Column.text("best single on validation"),
                Table.Column.number("n"),
                Table.Column.number("difference (95 %)"),
                Table.Column.number("p"),
                Table.Column.number("p (Holm)"),
                Table.Column.text("verdict")),
            rows));
  }

  private static List<String> cells(Comparison comparison) {
    List<String> cells = new ArrayList<>();
    cells.addAll(List.of(comparison.arm(), comparison.dataset(), comparison.family()));
    if (comparison.outcome() instanceof Comparison.Compared compared) {
      PairedDifference difference = compared.difference();
      cells.addAll(
          List.of(
              compared.chosen().label(),
              compared.single().label(),
              Integer.toString(difference.n()),
              FormattedFigures.interval(difference),
              FormattedFigures.probability(difference.p()),
              FormattedFigures.probability(compared.adjustedP()),
              compared.verdict().toString()));
    } else {
      String reason = ((Comparison.Open) comparison.outcome()).reason();
      cells.addAll(
          List.of(
              FormattedFigures.NONE,
              FormattedFigures.NONE,
              FormattedFigures.NONE,
              FormattedFigures.NONE,
              FormattedFigures.NONE,
              FormattedFigures.NONE,
              reason));
    }
    return cells;
  }

  /** Trials without a model. */
  static List<Table> failures(SweepReport report) {
    List<TrialRow> failures =
        report.rows().stream().filter(row -> row.state() == TrialRow.State.FAILED).toList();
    if (failures.isEmpty()) {
      return List.of();
    }
    return List.of(
        new Table(
            "Failed trials",
            failures.size() <= MOST_FAILURES
                ? "They are in no mean."
                : "They are in no mean. The first %d of %d; report.csv has all."
                    .formatted(MOST_FAILURES, failures.size()),
            List.of(
                Table.Column.text("trial"),
                Table.Column.text("arm"),
                Table.Column.text("data set"),
                Table.Column.text("strategy"),
                Table.Column.number("seed"),
                Table.Column.text("why")),
            failures.stream().limit(MOST_FAILURES).map(row -> cells(row, report)).toList()));
  }

  private static List<String> cells(TrialRow row, SweepReport report) {
    String label =
        report.groups().groups().stream()
            .filter(group -> group.trials().contains(row))
            .map(Group::label)
            .findFirst()
            .orElse(FormattedFigures.NONE);
    return List.of(
        row.trial(),
        row.cell().arm(),
        row.cell().dataset(),
        label,
        Integer.toString(row.cell().seed()),
        FormattedFigures.brief(row.failure()));
  }
}
