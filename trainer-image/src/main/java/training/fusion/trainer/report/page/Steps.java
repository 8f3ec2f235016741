package training.fusion.trainer.report.page;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import training.fusion.trainer.checkpoint.StepCurve;
import training.fusion.trainer.checkpoint.StepPoint;
import training.fusion.trainer.report.StepTable;

/**
 * What a run did step by step.
 *
 * @param hint what a point of the curves stands for, and what is marked
 */
public record Steps(String hint, Charts charts) {
  /** Figures in a page, of all curves together: of many levels the points are fewer. */
  private static final int MOST_FIGURES = 12_000;

  private static final double GIBIBYTE = 1L << 30;
  private static final MathContext DIGITS = new MathContext(5);

  /** A loss that was once this much higher than at the beginning is drawn by its magnitude. */
  private static final double WIDE = 20;

  /** Absent if nothing is known of them. */
  static @Nullable Steps of(RunRecord run) {
    StepTable steps = run.steps();
    StepCurve curve = steps.curve();
    int series = 8 + 3 * steps.groups().size();
    while (curve.points().size() * series > MOST_FIGURES) {
      curve = curve.halved();
    }
    List<StepPoint> points = curve.points();
    if (points.isEmpty()) {
      return null;
    }
    Long swats = points.get(points.size() - 1).swatsSwitchStep();
    List<Chart> charts =
        Stream.of(
                loss(curve),
                new Chart(
                    "Gradient norm, before clipping",
                    Chart.Scale.LOGARITHMIC,
                    levels(steps.groups(), points, level -> positive(level.gradientNorm()))),
                new Chart(
                    "Weight norm",
                    Chart.Scale.LINEAR,
                    levels(steps.groups(), points, StepPoint.Level::weightNorm)),
                new Chart(
                    "Learning rate, step by step",
                    Chart.Scale.PEAKS,
                    levels(steps.groups(), points, level -> positive(level.learningRate()))),
                time(points),
                memory(points))
            .map(chart -> drawn(chart))
            .filter(chart -> !chart.series().isEmpty())
            .toList();
    return new Steps(
        hint(curve, swats),
        new Charts(
            "step",
            points.stream().map(StepPoint::step).toList(),
            swats == null ? List.of() : List.of(swats),
            charts));
  }

  private static String hint(StepCurve curve, @Nullable Long swats) {
    String points =
        curve.stride() == 1
            ? "Each step is a point."
            : "A point stands for %s steps: their mean loss and time, their highest gradient norm, the rate of the last."
                .formatted(PageFigures.count(curve.stride()));
    return swats == null
        ? points
        : "%s The dotted line marks step %s, Adam's last in SWATS: from there on SGD trains."
            .formatted(points, PageFigures.count(swats));
  }

  private static Chart loss(StepCurve curve) {
    List<StepPoint> points = curve.points();
    List<Chart.Series> series = new ArrayList<>();
    if (curve.stride() > 1) {
      series.add(series("highest", "second", points, StepPoint::highestLoss));
    }
    series.add(series(curve.stride() == 1 ? "training" : "mean", "train", points, StepPoint::loss));
    double highest = points.stream().mapToDouble(StepPoint::highestLoss).max().orElse(0);
    boolean positive = points.stream().allMatch(point -> point.loss() > 0);
    boolean diverging = positive && highest > WIDE * points.get(0).loss();
    return new Chart(
        "Loss, step by step", diverging ? Chart.Scale.LOGARITHMIC : Chart.Scale.LINEAR, series);
  }

  private static Chart time(List<StepPoint> points) {
    return new Chart(
        "Time of a step, in ms",
        Chart.Scale.LINEAR,
        List.of(
            series("whole", "train", points, point -> 1000 * point.seconds() / point.steps()),
            series(
                "waiting for input",
                "second",
                points,
                point -> 1000 * point.secondsWaited() / point.steps())));
  }

  private static Chart memory(List<StepPoint> points) {
    return new Chart(
        "Memory, in GiB",
        Chart.Scale.LINEAR,
        List.of(
            series("process", "held-out", points, point -> bytes(point, m -> m.resident())),
            series("its peak", "train", points, point -> bytes(point, m -> m.peak())),
            series("GPU", "second", points, point -> bytes(point, m -> m.device()))));
  }

  private static double bytes(StepPoint point, Function<StepPoint.Memory, @Nullable Long> wanted) {
    Long bytes = point.memory() == null ? null : wanted.apply(point.memory());
    return bytes == null ? Double.NaN : bytes / GIBIBYTE;
  }

  private static List<Chart.Series> levels(
      List<String> groups,
      List<StepPoint> points,
      Function<StepPoint.Level, @Nullable Double> figure) {
    List<Chart.Series> all = new ArrayList<>();
    for (int i = 0; i < groups.size(); i++) {
      int group = i;
      all.add(
          series(
              GroupLook.name(groups.get(i)),
              GroupLook.of(groups.get(i)),
              points,
              point -> {
                Double value = figure.apply(point.levels().get(group));
                return value == null ? Double.NaN : value;
              }));
    }
    return all;
  }

  /** A logarithmic axis has no place for others. */
  private static @Nullable Double positive(double value) {
    return value > 0 ? value : null;
  }

  private static Chart.Series series(
      String name, String look, List<StepPoint> points, ToDoubleFunction<StepPoint> figure) {
    double[] values = points.stream().mapToDouble(figure).map(Steps::rounded).toArray();
    return Chart.Series.of(name, look, values);
  }

  /** A plot shows no more digits, and a page is the smaller. */
  private static double rounded(double value) {
    return Double.isFinite(value) ? new BigDecimal(value).round(DIGITS).doubleValue() : Double.NaN;
  }

  private static Chart drawn(Chart chart) {
    return new Chart(
        chart.title(),
        chart.scale(),
        chart.series().stream().filter(Chart.Series::isDrawn).toList());
  }
}
