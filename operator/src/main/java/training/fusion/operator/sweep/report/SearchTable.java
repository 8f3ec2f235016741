package training.fusion.operator.sweep.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import training.fusion.api.resource.FusionTrainingStatus.Pause;
import training.fusion.api.run.Metrics;
import training.fusion.operator.sweep.search.Course;
import training.fusion.operator.sweep.search.Halving.Fate;
import training.fusion.operator.sweep.trial.TrialRow;

/** How far a search has let each group go, and what the groups have shown on the way. */
final class SearchTable {
  private SearchTable() {}

  /** Empty without a search. */
  static List<Table> of(SweepReport report) {
    if (report.courses().isEmpty()) {
      return List.of();
    }
    SortedSet<Integer> epochs = new TreeSet<>();
    report.courses().values().forEach(course -> epochs.addAll(course.choosingEpochs()));
    List<Table.Column> columns = new ArrayList<>();
    columns.add(Table.Column.number("#"));
    columns.add(Table.Column.text("arm"));
    columns.add(Table.Column.text("data set"));
    columns.add(Table.Column.text("strategy"));
    epochs.forEach(epoch -> columns.add(Table.Column.number("accuracy % at epoch " + epoch)));
    columns.add(Table.Column.number("let to epoch"));
    columns.add(Table.Column.text("fate"));
    return List.of(
        new Table(
            "Search",
            "Mean ± standard deviation on the validation images over the seeds that had got there."
                + " Groups compete within their arm and data set; who is out stays paused. All of"
                + " this chooses: nothing here is an estimate of how good a strategy is.",
            columns,
            report.groups().groups().stream()
                .map(group -> cells(group, report, epochs))
                .flatMap(Optional::stream)
                .toList()));
  }

  private static Optional<List<String>> cells(
      Group group, SweepReport report, SortedSet<Integer> epochs) {
    Course course = report.courses().get(group.trials().get(0).trial());
    if (course == null) {
      return Optional.empty();
    }
    List<String> cells = new ArrayList<>();
    cells.add(Integer.toString(group.number()));
    cells.add(group.cell().arm());
    cells.add(group.cell().dataset());
    cells.add(group.label());
    for (int epoch : epochs) {
      List<Metrics> shown =
          group.trials().stream().flatMap(row -> at(row, epoch).stream()).toList();
      var means = Means.of(shown);
      cells.add(FormattedFigures.percent(means == null ? null : means.accuracy()));
    }
    cells.add(
        course.rung() < 0
            ? FormattedFigures.NONE
            : Integer.toString(course.rungs().epoch(course.rung())));
    cells.add(words(course));
    return Optional.of(cells);
  }

  private static Optional<Metrics> at(TrialRow row, int epoch) {
    return Objects.requireNonNullElse(row.pauses(), List.<Pause>of()).stream()
        .filter(pause -> pause.epoch() == epoch)
        .map(Pause::metrics)
        .filter(Objects::nonNull)
        .findFirst();
  }

  private static String words(Course course) {
    int rung = course.rung() + 1;
    if (course.fate() == Fate.THROUGH) {
      return "to the end";
    }
    if (course.rung() < 0) {
      return course.fate() == Fate.OUT ? "not begun: the budget" : FormattedFigures.NONE;
    }
    return (course.fate() == Fate.OUT ? "out at rung %d of %d" : "at rung %d of %d")
        .formatted(rung, course.rungs().count());
  }
}
