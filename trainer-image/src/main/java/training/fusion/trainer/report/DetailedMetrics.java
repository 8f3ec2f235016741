package training.fusion.trainer.report;

import java.util.List;
import java.util.stream.IntStream;
import training.fusion.api.run.Metrics;
import training.fusion.trainer.data.ClassNames;

/**
 * What an evaluation found, in full: a part of {@code metrics.json}.
 *
 * @param confusionMatrix one row per true class, one column per prediction
 */
public record DetailedMetrics(
    Metrics figures, List<ConfusionMatrix.ClassFigures> classes, List<List<Long>> confusionMatrix) {
  private static final int MOST_NAMED = 10;

  /** Completes the headline figures by those of each class. */
  public static DetailedMetrics of(
      Metrics.Split split, int epoch, double lossSum, ConfusionMatrix matrix) {
    return new DetailedMetrics(
        matrix.toMetrics(split, epoch, lossSum),
        IntStream.range(0, matrix.classes()).mapToObj(matrix::of).toList(),
        matrix.rows());
  }

  /** Whether any image is of a class, or is taken for it; macro averages are over these. */
  public boolean[] occurring() {
    ConfusionMatrix matrix = ConfusionMatrix.of(confusionMatrix);
    boolean[] occurring = new boolean[matrix.classes()];
    for (int label = 0; label < occurring.length; label++) {
      occurring[label] = matrix.occurs(label);
    }
    return occurring;
  }

  /**
   * Which classes no image is of, in a sentence with what that means for the figures.
   *
   * @param names of the classes, in their order
   * @return empty if there is an image of each
   */
  public String absent(List<String> names) {
    List<String> absent =
        IntStream.range(0, classes.size())
            .filter(label -> classes.get(label).support() == 0)
            .mapToObj(names::get)
            .map(ClassNames::told)
            .toList();
    if (absent.isEmpty()) {
      return "";
    }
    int occurring = 0;
    for (boolean occurs : occurring()) {
      occurring += occurs ? 1 : 0;
    }
    return "%d of %d classes had no picture (%s%s); macro averages are over the %d that occur among pictures or predictions, as scikit-learn's are"
        .formatted(
            absent.size(),
            names.size(),
            String.join(", ", absent.subList(0, Math.min(MOST_NAMED, absent.size()))),
            absent.size() > MOST_NAMED ? " …" : "",
            occurring);
  }
}
