package training.fusion.trainer.report.page;

import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import training.fusion.trainer.report.History;

/** The history, epoch by epoch: what the curves show, in figures. */
public record EpochTable(List<String> columns, List<Row> rows) {

  /**
   * An epoch.
   *
   * @param chosen whether its weights are the model
   */
  public record Row(List<String> values, boolean chosen) {}

  static EpochTable of(RunRecord run) {
    History history = run.history();
    List<Row> rows =
        IntStream.range(0, history.epochs())
            .mapToObj(i -> new Row(values(history, i), i + 1 == run.chosenEpoch()))
            .toList();
    return new EpochTable(
        history.columns().stream().map(name -> name.replace('_', ' ')).toList(), rows);
  }

  private static List<String> values(History history, int row) {
    return IntStream.range(0, history.columns().size())
        .mapToObj(i -> value(history.columns().get(i), history.rows().get(row).get(i)))
        .toList();
  }

  private static String value(String column, String text) {
    if (text.isEmpty()) {
      return "–";
    }
    return switch (column) {
      case "epoch", "step" -> text;
      case "seconds", "images_per_second" ->
          String.format(Locale.ROOT, "%.1f", Double.parseDouble(text));
      default ->
          column.startsWith("learning_rate_")
              ? PageFigures.rate(Double.parseDouble(text))
              : PageFigures.figure(Double.parseDouble(text));
    };
  }
}
