package training.fusion.operator.sweep.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.stream.Stream;
import training.fusion.operator.sweep.trial.TrialRow;
import training.fusion.page.Page;

/**
 * What the template {@code sweep.jte} shows, in its order. Every text is plain: the template
 * escapes it.
 *
 * @param state in a word or two
 * @param look class of its colour: running, succeeded, stopped, failed
 * @param open whether more is to come
 */
public record SweepPage(
    String name,
    String state,
    String look,
    boolean open,
    String progress,
    List<Tile> tiles,
    List<BoundaryPlot> boundaries,
    List<Table> comparisons,
    LossCurves curves,
    List<Table> rest) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** A headline figure. */
  public record Tile(String name, String value, String note) {}

  static String html(SweepReport report) {
    return Page.html(SweepPage.class, "sweep", of(report));
  }

  private static SweepPage of(SweepReport report) {
    long open = report.count(TrialRow.State.PENDING) + report.count(TrialRow.State.RUNNING);
    long failed = report.count(TrialRow.State.FAILED);
    boolean begun = open < report.rows().size() || report.count(TrialRow.State.RUNNING) > 0;
    String look = open > 0 ? "running" : failed > 0 ? "stopped" : "succeeded";
    String all = report.courses().isEmpty() ? "All trials have run" : "The search has ended";
    String ended = failed > 0 ? "Ended, with failures" : all;
    return new SweepPage(
        report.name(),
        open == 0 ? ended : begun ? "Running" : "Nothing has run yet",
        look,
        open > 0,
        report.progress(),
        tiles(report),
        BoundaryPlot.of(report.groups()),
        Stream.of(SearchTable.of(report), Tables.statistics(report), Tables.paper(report))
            .flatMap(List::stream)
            .toList(),
        LossCurves.of(report.groups()),
        Stream.concat(Stream.of(Tables.groups(report)), Tables.failures(report).stream()).toList());
  }

  private static List<Tile> tiles(SweepReport report) {
    long counted = report.rows().size() - report.count(TrialRow.State.EXCLUDED);
    long failed = report.count(TrialRow.State.FAILED);
    Tile trials =
        new Tile(
            "Trials",
            report.count(TrialRow.State.SUCCEEDED) + " of " + counted,
            failed == 0 ? "succeeded" : "succeeded, %d failed".formatted(failed));
    return Stream.concat(
            Stream.of(trials), report.groups().best().stream().flatMap(SweepPage::tiles))
        .toList();
  }

  private static Stream<Tile> tiles(Group best) {
    var validation = best.validation();
    var test = best.test();
    String what = "%s, %s: %s".formatted(best.cell().arm(), best.cell().dataset(), best.label());
    return Stream.of(
        new Tile(
            "Best on validation, accuracy %",
            FormattedFigures.percent(validation == null ? null : validation.accuracy()), what),
        new Tile(
            "The same on test, accuracy %",
            FormattedFigures.percent(test == null ? null : test.accuracy()),
            "n = %d".formatted(best.succeeded().size())));
  }

  /** For the page's program; safe inside a script element. */
  public String boundariesJson() {
    return json(boundaries);
  }

  /** For the page's program; safe inside a script element. */
  public String curvesJson() {
    return json(curves);
  }

  private static String json(Object value) {
    try {
      return JSON.writeValueAsString(value).replace("<", "\\u003c");
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
