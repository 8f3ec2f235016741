package training.fusion.trainer.report.page;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import training.fusion.trainer.report.History;
import training.fusion.trainer.report.HistoryTable;

/**
 * Plots that have one horizontal axis.
 *
 * @param axis what is counted along it: epoch, or step
 * @param places where the curves have their values
 * @param marks places that are marked by a line
 */
public record Charts(String axis, List<Long> places, List<Long> marks, List<Chart> charts) {
  private static final String RATE = "learning_rate_";

  /** Those over epochs. */
  static Charts ofEpochs(int epochs, List<Long> marks, List<Chart> charts) {
    return new Charts("epoch", LongStream.rangeClosed(1, epochs).boxed().toList(), marks, charts);
  }

  static Charts of(RunRecord run) {
    History history = run.history();
    if (history.epochs() == 0) {
      return ofEpochs(0, List.of(), List.of());
    }
    String part = run.evaluated();
    List<Chart> charts =
        List.of(
            new Chart("Loss", Chart.Scale.LINEAR, trainAnd(history, part, "loss")),
            new Chart("Accuracy", Chart.Scale.LINEAR, trainAnd(history, part, "accuracy")),
            new Chart("F1 (" + part + ")", Chart.Scale.LINEAR, f1(history, part)),
            new Chart("Learning rate", Chart.Scale.PEAKS, learningRates(history)));
    int chosen = run.chosenEpoch();
    return ofEpochs(history.epochs(), chosen == 0 ? List.of() : List.of((long) chosen), charts);
  }

  private static List<Chart.Series> trainAnd(History history, String part, String figure) {
    return withAverage(
        history,
        part + "_" + figure,
        Chart.Series.of("training", "train", history.values("train_" + figure)),
        Chart.Series.of(part, "held-out", history.values(part + "_" + figure)));
  }

  private static List<Chart.Series> f1(History history, String part) {
    return withAverage(
        history,
        part + "_f1",
        Chart.Series.of("macro", "held-out", history.values(part + "_f1")),
        Chart.Series.of("weighted", "second", history.values(part + "_weighted_f1")));
  }

  /** The curves, and that of the averaged weights if there are any. */
  private static List<Chart.Series> withAverage(
      History history, String column, Chart.Series... series) {
    var all = new ArrayList<>(List.of(series));
    String average = HistoryTable.AVERAGE + column;
    if (history.has(average)) {
      all.add(Chart.Series.of("average (EMA)", "average", history.values(average)));
    }
    return List.copyOf(all);
  }

  private static List<Chart.Series> learningRates(History history) {
    var series = new ArrayList<Chart.Series>();
    for (String column : history.beginningWith(RATE)) {
      String group = column.substring(RATE.length());
      double[] rates =
          Arrays.stream(history.values(column)).map(rate -> rate > 0 ? rate : Double.NaN).toArray();
      series.add(Chart.Series.of(GroupLook.name(group), GroupLook.of(group), rates));
    }
    return List.copyOf(series);
  }

  /** What a person hears who does not see a plot. */
  public String inWords(Chart chart) {
    long last = places.get(places.size() - 1);
    return chart.inWords(
        last == 1 ? "after one " + axis : "over %s %ss".formatted(PageFigures.count(last), axis));
  }

  /** For the page's program; safe inside a script element. */
  public String toJson() {
    return PageJson.of(this);
  }
}
