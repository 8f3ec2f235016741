package training.fusion.trainer.report.page;

import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import training.fusion.trainer.report.ConfusionMatrix;

/**
 * A confusion matrix of few classes, each cell shaded by its share of the row.
 *
 * @param classes names
 */
public record HeatMap(List<String> classes, List<Row> rows) {

  /** Images of one class. */
  public record Row(String name, List<Cell> cells) {}

  /**
   * Images of one class taken for one.
   *
   * @param shade opacity, 0 to 1
   */
  public record Cell(long count, String shade, boolean right, boolean strong, String inWords) {}

  static HeatMap of(List<String> classes, ConfusionMatrix matrix) {
    long[][] counts = matrix.rows();
    return new HeatMap(
        classes,
        IntStream.range(0, classes.size())
            .mapToObj(label -> row(classes, label, counts[label], matrix.images(label)))
            .toList());
  }

  private static Row row(List<String> classes, int label, long[] counts, long images) {
    return new Row(
        classes.get(label),
        IntStream.range(0, counts.length)
            .mapToObj(prediction -> cell(classes, label, prediction, counts[prediction], images))
            .toList());
  }

  private static Cell cell(
      List<String> classes, int label, int prediction, long count, long images) {
    double shade = shade(count, images);
    return new Cell(
        count,
        String.format(Locale.ROOT, "%.3f", shade),
        label == prediction,
        shade > 0.6,
        "%d of %s taken for %s".formatted(count, classes.get(label), classes.get(prediction)));
  }

  /** Grows faster at first: a mistake in twenty should be seen. */
  static double shade(long count, long images) {
    return images == 0 ? 0 : Math.pow((double) count / images, 0.6);
  }
}
