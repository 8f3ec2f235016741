package training.fusion.trainer.report;

import java.util.List;
import java.util.stream.IntStream;
import training.fusion.api.run.Metrics;

/**
 * What an evaluation found, in full: a part of {@code metrics.json}.
 *
 * @param confusionMatrix one row per true class, one column per prediction
 */
public record DetailedMetrics(
    Metrics figures, List<ConfusionMatrix.ClassFigures> classes, List<List<Long>> confusionMatrix) {

  /** Completes the headline figures by those of each class. */
  public static DetailedMetrics of(
      Metrics.Split split, int epoch, double lossSum, ConfusionMatrix matrix) {
    return new DetailedMetrics(
        matrix.toMetrics(split, epoch, lossSum),
        IntStream.range(0, matrix.classes()).mapToObj(matrix::of).toList(),
        matrix.rows());
  }
}
