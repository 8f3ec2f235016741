package training.fusion.trainer.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import training.fusion.api.Training.Metric;
import training.fusion.api.run.Metrics;
import training.fusion.api.run.StoppedEarly;
import training.fusion.trainer.checkpoint.HistoryRow;

class EarlyStoppingTest {
  @Test
  void itStopsWhenPatienceIsOver() {
    var stopping = new EarlyStopping(2, 0, new Criterion(Metric.ACCURACY));
    assertThat(end(stopping, 0.5, 0.6, 0.6, 0.55, 0.9)).isEqualTo(new StoppedEarly(4, 2));
    assertThat(end(stopping, 0.5, 0.4, 0.6, 0.5, 0.7)).isNull();
    assertThat(end(stopping)).isNull();
  }

  @Test
  void anImprovementMustBeMoreThanTheMinimum() {
    var stopping = new EarlyStopping(2, 0.25, new Criterion(Metric.ACCURACY));
    // small steps add up: the comparison is with the best that counted
    assertThat(end(stopping, 0.25, 0.375, 0.625, 0.75, 0.875)).isEqualTo(new StoppedEarly(5, 3));
    assertThat(end(stopping, 0.25, 0.5, 0.5)).isEqualTo(new StoppedEarly(3, 1));
  }

  @Test
  void lossMustFallAndF1MustRise() {
    assertThat(end(new EarlyStopping(1, 0, new Criterion(Metric.LOSS)), 0.5, 0.4)).isNull();
    assertThat(end(new EarlyStopping(1, 0, new Criterion(Metric.LOSS)), 0.5, 0.6))
        .isEqualTo(new StoppedEarly(2, 1));
    assertThat(end(new EarlyStopping(1, 0, new Criterion(Metric.F1)), 0.5, 0.6)).isNull();
    assertThat(end(new EarlyStopping(1, 0, new Criterion(Metric.F1)), 0.5, 0.5))
        .isEqualTo(new StoppedEarly(2, 1));
  }

  @Test
  void trainedFurtherItWaitsAnewForAnEpochBetterThanTheBestBefore() {
    var stopping = new EarlyStopping(2, 0, new Criterion(Metric.ACCURACY));
    List<HistoryRow> history = history(0.5, 0.6, 0.6, 0.55);
    assertThat(stopping.after(history, 0)).isEqualTo(new StoppedEarly(4, 2));
    assertThat(stopping.after(history, 4)).isNull();
    assertThat(stopping.after(history(0.5, 0.6, 0.6, 0.55, 0.58), 4)).isNull();
    assertThat(stopping.after(history(0.5, 0.6, 0.6, 0.55, 0.58, 0.6), 4))
        .isEqualTo(new StoppedEarly(6, 2));
    assertThat(stopping.after(history(0.5, 0.6, 0.6, 0.55, 0.7, 0.6), 4)).isNull();
  }

  /** As the loop asks it: after each epoch. Accuracy, loss and F1 are all this figure. */
  private static @Nullable StoppedEarly end(EarlyStopping stopping, double... figures) {
    for (int epochs = 1; epochs <= figures.length; epochs++) {
      StoppedEarly end = stopping.after(history(Arrays.copyOf(figures, epochs)), 0);
      if (end != null) {
        return end;
      }
    }
    return stopping.after(history(figures), 0);
  }

  private static List<HistoryRow> history(double... figures) {
    List<HistoryRow> history = new ArrayList<>();
    for (double figure : figures) {
      int epoch = history.size() + 1;
      var metrics = new Metrics(Metrics.Split.VALIDATION, epoch, figure, figure, figure, figure);
      history.add(new HistoryRow(epoch, epoch, 1, 1, List.of(), metrics, null, 1, 1, 0));
    }
    return history;
  }
}
