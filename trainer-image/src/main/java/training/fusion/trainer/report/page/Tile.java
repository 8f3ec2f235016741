package training.fusion.trainer.report.page;

import java.util.ArrayList;
import java.util.List;
import training.fusion.api.run.Metrics;
import training.fusion.trainer.report.DetailedMetrics;
import training.fusion.trainer.report.History;
import training.fusion.trainer.report.MetricsFile;

/**
 * A figure that a reader looks for first.
 *
 * @param note what it is measured on
 */
public record Tile(String name, String value, String note) {

  /** The model's figures on test; while there is no model, the newest evaluation's. */
  static List<Tile> of(RunRecord run) {
    MetricsFile metrics = run.metrics();
    if (metrics != null) {
      return tiles(metrics);
    }
    History history = run.history();
    if (history.epochs() == 0) {
      return List.of();
    }
    String part = run.evaluated();
    String note = "%s, epoch %d".formatted(part, history.epochs());
    return List.of(
        newest("Accuracy", history, part + "_accuracy", note),
        newest("F1, macro", history, part + "_f1", note),
        newest("F1, weighted", history, part + "_weighted_f1", note),
        newest("Loss", history, part + "_loss", note));
  }

  private static Tile newest(String name, History history, String column, String note) {
    return new Tile(name, PageFigures.figure(history.values(column)[history.epochs() - 1]), note);
  }

  private static List<Tile> tiles(MetricsFile metrics) {
    Metrics figures = metrics.test().figures();
    String part = "test";
    var tiles = new ArrayList<Tile>();
    tiles.add(new Tile("Accuracy", PageFigures.figure(figures.accuracy()), part));
    tiles.add(new Tile("F1, macro", PageFigures.figure(figures.f1()), part));
    if (figures.weightedF1() != null) {
      tiles.add(new Tile("F1, weighted", PageFigures.figure(figures.weightedF1()), part));
    }
    if (figures.top5Accuracy() != null) {
      tiles.add(new Tile("Accuracy, top 5", PageFigures.figure(figures.top5Accuracy()), part));
    }
    tiles.add(new Tile("Loss", PageFigures.figure(figures.loss()), part));
    DetailedMetrics validation = metrics.validation();
    if (validation != null) {
      tiles.add(
          new Tile(
              "Accuracy",
              PageFigures.figure(validation.figures().accuracy()),
              "validation, epoch %d".formatted(validation.figures().epoch())));
    }
    MetricsFile.Average average = metrics.ema();
    if (average != null) {
      Metrics averaged = average.test().figures();
      tiles.add(
          new Tile(
              "Accuracy, average",
              PageFigures.figure(averaged.accuracy()),
              "test, EMA of epoch %d".formatted(averaged.epoch())));
    }
    return List.copyOf(tiles);
  }
}
