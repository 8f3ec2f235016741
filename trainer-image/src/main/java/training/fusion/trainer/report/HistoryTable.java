package training.fusion.trainer.report;

import java.util.ArrayList;
import java.util.Collections;
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
  public static final String FILE = "history.csv";

  /** How many columns at the end depend on the machine's speed. */
  public static final int TIMING_COLUMNS = 3;

  /** What the averaged weights' columns begin with. */
  public static final String AVERAGE = "ema_";

  private static final List<String> FIGURES = List.of("loss", "accuracy", "f1", "weighted_f1");
  private static final String TOP5 = "top5_accuracy";

  private HistoryTable() {}

  /**
   * The file's text, one line per epoch below the names of the columns.
   *
   * @param groups names of the groups of parameters, in the order of the rows' learning rates
   * @param evaluated names the columns of the evaluation
   */
  public static String toCsv(List<String> groups, Metrics.Split evaluated, List<HistoryRow> rows) {
    boolean averages = rows.stream().anyMatch(row -> row.ema() != null);
    boolean top5 = rows.stream().anyMatch(row -> row.evaluation().top5Accuracy() != null);
    List<String> figures = new ArrayList<>(FIGURES);
    if (top5) {
      figures.add(TOP5);
    }
    var text = new StringBuilder(header(groups, evaluated, averages, figures)).append('\n');
    rows.forEach(row -> text.append(line(row, averages, top5)).append('\n'));
    return text.toString();
  }

  private static String header(
      List<String> groups, Metrics.Split evaluated, boolean averages, List<String> figures) {
    String part = evaluated.name().toLowerCase(Locale.ROOT);
    var columns = new StringJoiner(",").add("epoch").add("step");
    columns.add("train_loss").add("train_accuracy");
    groups.forEach(group -> columns.add("learning_rate_" + group));
    figures.forEach(figure -> columns.add(part + "_" + figure));
    if (averages) {
      figures.forEach(figure -> columns.add(AVERAGE + part + "_" + figure));
    }
    return columns.add("seconds").add("images_per_second").add("input_wait").toString();
  }

  private static String line(HistoryRow row, boolean averages, boolean top5) {
    var columns = new StringJoiner(",");
    columns.add(String.valueOf(row.epoch())).add(String.valueOf(row.step()));
    columns.add(exact(row.trainLoss())).add(exact(row.trainAccuracy()));
    row.learningRates().forEach(rate -> columns.add(exact(rate)));
    figures(row.evaluation(), top5).forEach(columns::add);
    if (averages) {
      figures(row.ema(), top5).forEach(columns::add);
    }
    columns.add(rounded(row.seconds())).add(rounded(row.imagesPerSecond()));
    return columns.add(rounded(row.inputWait())).toString();
  }

  private static List<String> figures(@Nullable Metrics metrics, boolean top5) {
    List<@Nullable Double> figures = new ArrayList<>();
    if (metrics == null) {
      figures.addAll(Collections.nCopies(FIGURES.size() + (top5 ? 1 : 0), null));
    } else {
      figures.addAll(List.of(metrics.loss(), metrics.accuracy(), metrics.f1()));
      figures.add(metrics.weightedF1());
      if (top5) {
        figures.add(metrics.top5Accuracy());
      }
    }
    return figures.stream().map(figure -> figure == null ? "" : exact(figure)).toList();
  }

  private static String exact(double value) {
    return Double.toString(value);
  }

  private static String rounded(double value) {
    return String.format(Locale.ROOT, "%.3f", value);
  }
}
