package training.fusion.trainer.report.page;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import training.fusion.trainer.report.ConfusionMatrix;

/**
 * A confusion matrix as people look at it: as a table of counts, or, of more classes, as a picture
 * in which a cell is a pixel; of still more, in which it is a group of classes for another.
 *
 * @param classes how many there are
 * @param table with counts; null if there are too many classes for one
 * @param picture a PNG, in Base64; empty if there is a table
 * @param grouped classes that share a row of the picture, at most; 1: each has its own
 * @param worst the commonest mistakes
 */
public record Confusions(
    int classes, @Nullable HeatMap table, String picture, int grouped, List<Pair> worst) {
  /** More cells than this are a picture: nobody reads that many numbers. */
  private static final int MOST_IN_TABLE = 30;

  private static final int MOST_BESIDE_A_TABLE = 10;
  private static final int MOST_BESIDE_A_PICTURE = 20;

  /**
   * A mistake that was made.
   *
   * @param share of the class's images
   */
  public record Pair(String of, String with, long count, String share) {}

  private record Mistake(int label, int prediction, long count, double share) {}

  static Confusions of(List<String> classes, ConfusionMatrix matrix) {
    boolean table = classes.size() <= MOST_IN_TABLE;
    return new Confusions(
        classes.size(),
        table ? HeatMap.of(classes, matrix) : null,
        table ? "" : HeatPicture.png(matrix),
        HeatPicture.grouped(matrix.classes()),
        worst(classes, matrix, table ? MOST_BESIDE_A_TABLE : MOST_BESIDE_A_PICTURE));
  }

  /** Those of most images; among equals, of the largest share of their class. */
  private static List<Pair> worst(List<String> classes, ConfusionMatrix matrix, int most) {
    List<Mistake> mistakes = new ArrayList<>();
    matrix.forEach(
        (label, prediction, count) -> {
          if (label != prediction) {
            double share = (double) count / matrix.images(label);
            mistakes.add(new Mistake(label, prediction, count, share));
          }
        });
    return mistakes.stream()
        .sorted(
            Comparator.comparingLong(Mistake::count).thenComparingDouble(Mistake::share).reversed())
        .limit(most)
        .map(
            mistake ->
                new Pair(
                    classes.get(mistake.label),
                    classes.get(mistake.prediction),
                    mistake.count,
                    PageFigures.percent(mistake.share)))
        .toList();
  }
}
