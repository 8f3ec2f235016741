package training.fusion.operator.sweep.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import training.fusion.operator.sweep.search.Course;
import training.fusion.operator.sweep.trial.TrialRow;

/**
 * A sweep's report, at any time: what has not run is a dash. The same rows give the same report.
 *
 * @param name the sweep's
 * @param rows every trial, run or not
 * @param courses how far a search lets each trial go; empty without one
 * @param paper tables that the sweep has cells of
 */
public record SweepReport(
    String name,
    List<TrialRow> rows,
    Groups groups,
    Map<String, Course> courses,
    List<PaperTable> paper,
    Statistics statistics) {

  /**
   * Makes the report.
   *
   * @param rows every trial in the order of the matrix, those that have not run as well
   */
  public static SweepReport of(String sweepName, List<TrialRow> rows, Map<String, Course> courses) {
    Groups groups = Groups.of(rows);
    return new SweepReport(
        sweepName,
        List.copyOf(rows),
        groups,
        courses,
        PaperTable.of(groups),
        Statistics.of(groups, courses));
  }

  /** As {@link #of(String, List, Map)}, of a sweep that trains all to the end. */
  public static SweepReport of(String sweepName, List<TrialRow> rows) {
    return of(sweepName, rows, Map.of());
  }

  /** For people in a terminal, a merge request, a wiki. */
  public String markdown() {
    return Markdown.of(this);
  }

  /** For programs, one line per trial. */
  public String csv() {
    return Csv.trials(rows, groups);
  }

  /** For programs, one line per group. */
  public String groupsCsv() {
    return Csv.groups(groups);
  }

  /** For people in a browser, self-contained. */
  public String html() {
    return SweepPage.html(this);
  }

  /** The tables that Markdown and HTML show, in their order. */
  List<Table> tables() {
    List<Table> tables = new ArrayList<>(Tables.paper(this));
    tables.addAll(SearchTable.of(this));
    tables.addAll(Tables.statistics(this));
    tables.add(Tables.groups(this));
    tables.addAll(Tables.failures(this));
    return tables;
  }

  /** {@code 30 trials: 12 succeeded, 1 failed, 17 pending}. */
  String progress() {
    return Arrays.stream(TrialRow.State.values())
        .filter(state -> count(state) > 0)
        .map(state -> count(state) + " " + state.name().toLowerCase(Locale.ROOT).replace('_', ' '))
        .collect(Collectors.joining(", ", rows.size() + " trials: ", ""));
  }

  long count(TrialRow.State state) {
    return rows.stream().filter(row -> row.state() == state).count();
  }
}
