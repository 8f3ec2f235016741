package training.fusion.trainer.report;

import java.util.List;
import java.util.Locale;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;
import training.fusion.api.run.Metrics;
import training.fusion.trainer.checkpoint.HistoryRow;

/**
 * The history as comma-separated values. The timing columns are the last three: without them the
 * file of a resumed run equals that of an undisturbed one, wherever training is repeatable.
 */
public final class HistoryTable {
  /** How many columns at the end depend on the machine's speed. */
  public static final int TIMING_COLUMNS = 3;

  /** What the averaged weights' columns begin with. */
  public static final String AVERAGE = "ema_";

  private static final List<String> FIGURES = List.of("loss", "accuracy", "f1", "weighted_f1");

  private HistoryTable() {}

  /**
   * The file's text, one line per epoch below the names of the columns.
   *
   * @param groups names of the groups of parameters, in the order of the rows' learning rates
   * @param evaluated names the columns of the evaluation
   */
  public static String toCsv(List<String> groups, Metrics.Split evaluated, List<HistoryRow> rows) {
    boolean averages = rows.stream().anyMatch(row -> row.ema() != null);
    var text = new StringBuilder(header(groups, evaluated, averages)).append('\n');
    rows.forEach(row -> text.append(line(row, averages)).append('\n'));
    return text.toString();
  }

  private static String header(List<String> groups, Metrics.Split evaluated, boolean averages) {
    String part = evaluated.name().toLowerCase(Locale.ROOT);
    var columns = new StringJoiner(",").add("epoch").add("step");
    columns.add("train_loss").add("train_accuracy");
    groups.forEach(group -> columns.add("learning_rate_" + group));
    FIGURES.forEach(figure -> columns.add(part + "_" + figure));
    if (averages) {
      FIGURES.forEach(figure -> columns.add(AVERAGE + part + "_" + figure));
    }
    return columns.add("seconds").add("images_per_second").add("input_wait").toString();
  }

  private static String line(HistoryRow row, boolean averages) {
    var columns = new StringJoiner(",");
    columns.add(String.valueOf(row.epoch())).add(String.valueOf(row.step()));
    columns.add(exact(row.trainLoss())).add(exact(row.trainAccuracy()));
    row.learningRates().forEach(rate -> columns.add(exact(rate)));
    figures(row.evaluation()).forEach(columns::add);
    if (averages) {
      figures(row.ema()).forEach(columns::add);
    }
    columns.add(rounded(row.seconds())).add(rounded(row.imagesPerSecond()));
    return columns.add(rounded(row.inputWait())).toString();
  }

  private static List<String> figures(@Nullable Metrics metrics) {
    if (metrics == null) {
      return List.of("", "", "", "");
    }
    return List.of(
        exact(metrics.loss()),
        exact(metrics.accuracy()),
        exact(metrics.f1()),
        metrics.weightedF1() == null ? "" : exact(metrics.weightedF1()));
  }

  private static String exact(double value) {
    return Double.toString(value);
  }

  private static String rounded(double value) {
    return String.format(Locale.ROOT, "%.3f", value);
  }
}
