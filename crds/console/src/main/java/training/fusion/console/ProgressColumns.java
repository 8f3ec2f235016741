package training.fusion.console;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Which columns a table of runs has on a terminal of some width: those that matter most. */
final class ProgressColumns {
  private static final int BAR = 16;
  private static final int SHORTEST_NAME = 8;

  /**
   * A column.
   *
   * @param width in letters; that of the names follows from them
   * @param right whether it is set to the right, as numbers are
   */
  private record Column(
      String heading, int width, boolean right, Function<ProgressRow, String> value) {}

  private static final Column NAME = new Column("NAME", 4, false, ProgressRow::name);
  private static final Column STATE = new Column("STATE", 10, false, ProgressRow::phase);
  private static final Column BARS =
      new Column("PROGRESS", BAR + 5, false, row -> bar(row.percent()));
  private static final Column PERCENT = new Column("DONE", 4, true, row -> row.percent() + "%");
  private static final Column EPOCH = new Column("EPOCH", 7, true, ProgressRow::epoch);
  private static final Column SPEED = new Column("IMAGES/S", 8, true, ProgressRow::speed);
  private static final Column LEFT = new Column("ETA", 6, true, ProgressRow::remaining);
  private static final Column ACCURACY = new Column("ACCURACY", 8, true, ProgressRow::accuracy);
  private static final Column LOSS = new Column("LOSS", 6, true, ProgressRow::loss);
  private static final Column F1 = new Column("F1", 6, true, ProgressRow::f1);

  private static final List<Column> ALL =
      List.of(NAME, STATE, BARS, EPOCH, SPEED, LEFT, ACCURACY, LOSS, F1);

  /** What is left out first; the bar leaves its number. */
  private static final List<Column> LEFT_OUT = List.of(SPEED, F1, LOSS, BARS, EPOCH, ACCURACY);

  private final List<Column> shown;
  private final int name;

  /**
   * @param width that no line reaches
   * @param longest name
   */
  ProgressColumns(int width, int longest) {
    List<Column> columns = new ArrayList<>(ALL);
    int wanted = Math.max(NAME.heading.length(), longest);
    int enough = Math.min(wanted, Math.max(SHORTEST_NAME, 2 * width / 5));
    for (Column next : LEFT_OUT) {
      if (others(columns) + enough < width) {
        break;
      }
      if (next.equals(BARS)) {
        columns.set(columns.indexOf(BARS), PERCENT);
      } else {
        columns.remove(next);
      }
    }
    shown = List.copyOf(columns);
    name = Math.max(1, Math.min(wanted, width - 1 - others(columns)));
  }

  /** What the columns take beside the name, with what stands between them. */
  private static int others(List<Column> columns) {
    return columns.stream()
        .filter(column -> !column.equals(NAME))
        .mapToInt(column -> 2 + column.width)
        .sum();
  }

  String heading() {
    return joined(column -> column.heading);
  }

  String line(ProgressRow row) {
    return joined(column -> column.value.apply(row));
  }

  private String joined(Function<Column, String> text) {
    return shown.stream()
        .map(column -> fit(column, text.apply(column)))
        .collect(Collectors.joining("  "));
  }

  private String fit(Column column, String text) {
    int width = column.equals(NAME) ? name : column.width;
    if (column.right) {
      return " ".repeat(Math.max(0, width - text.length())) + text;
    }
    String cut = text.length() <= width ? text : text.substring(0, width - 1) + "…";
    return cut + " ".repeat(width - cut.length());
  }

  private static String bar(int percent) {
    int full = Math.min(BAR, percent * BAR / 100);
    return "█".repeat(full) + "░".repeat(BAR - full) + "%4d%%".formatted(percent);
  }
}
