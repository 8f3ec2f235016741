package training.fusion.trainer.report.page;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import training.fusion.trainer.report.DetailedMetrics;

/**
 * A confusion matrix as a heat map, each cell shaded by its share of the row.
 *
 * @param classes names
 * @param rows a table with counts; empty if there are too many classes for one
 * @param picture the same as a PNG, a pixel a cell; empty if there is a table
 * @param confusions the commonest mistakes
 */
public record HeatMap(
    List<String> classes, List<Row> rows, String picture, List<Confusion> confusions) {
  /** More cells than this are a picture: nobody reads that many numbers. */
  private static final int MOST_IN_TABLE = 30;

  private static final int MOST_CONFUSIONS = 10;
  private static final int RIGHT = 0x0072b2;
  private static final int WRONG = 0xd55e00;

  /** Images of one class. */
  public record Row(String name, List<Cell> cells) {}

  /**
   * Images of one class taken for one.
   *
   * @param shade opacity, 0 to 1
   */
  public record Cell(long count, String shade, boolean right, boolean strong, String inWords) {}

  /** A mistake that was made more than once in a while. */
  public record Confusion(String of, String with, long count, String share) {}

  static HeatMap of(List<String> classes, DetailedMetrics metrics) {
    List<List<Long>> matrix = metrics.confusionMatrix();
    boolean table = classes.size() <= MOST_IN_TABLE;
    return new HeatMap(
        classes,
        table ? rows(classes, matrix) : List.of(),
        table ? "" : picture(matrix),
        confusions(classes, matrix));
  }

  private static List<Row> rows(List<String> classes, List<List<Long>> matrix) {
    return IntStream.range(0, classes.size())
        .mapToObj(
            label ->
                new Row(
                    classes.get(label),
                    IntStream.range(0, classes.size())
                        .mapToObj(prediction -> cell(classes, matrix, label, prediction))
                        .toList()))
        .toList();
  }

  private static Cell cell(
      List<String> classes, List<List<Long>> matrix, int label, int prediction) {
    long count = matrix.get(label).get(prediction);
    double shade = shade(matrix, label, prediction);
    return new Cell(
        count,
        String.format(Locale.ROOT, "%.3f", shade),
        label == prediction,
        shade > 0.6,
        "%d of %s taken for %s".formatted(count, classes.get(label), classes.get(prediction)));
  }

  /** Grows faster at first: a mistake in twenty should be seen. */
  private static double shade(List<List<Long>> matrix, int label, int prediction) {
    return Math.pow(share(matrix, label, prediction), 0.6);
  }

  private static double share(List<List<Long>> matrix, int label, int prediction) {
    long all = matrix.get(label).stream().mapToLong(Long::longValue).sum();
    return all == 0 ? 0 : (double) matrix.get(label).get(prediction) / all;
  }

  private static List<Confusion> confusions(List<String> classes, List<List<Long>> matrix) {
    var all = new ArrayList<int[]>();
    for (int label = 0; label < classes.size(); label++) {
      for (int prediction = 0; prediction < classes.size(); prediction++) {
        if (label != prediction && matrix.get(label).get(prediction) > 0) {
          all.add(new int[] {label, prediction});
        }
      }
    }
    return all.stream()
        .sorted(Comparator.comparingLong((int[] at) -> matrix.get(at[0]).get(at[1])).reversed())
        .limit(MOST_CONFUSIONS)
        .map(
            at ->
                new Confusion(
                    classes.get(at[0]),
                    classes.get(at[1]),
                    matrix.get(at[0]).get(at[1]),
                    Text.percent(share(matrix, at[0], at[1]))))
        .toList();
  }

  /** Opacity rather than lightness, so that it fits a light and a dark page. */
  private static String picture(List<List<Long>> matrix) {
    int size = matrix.size();
    var image = new BufferedImage(size, size, BufferedImage.TYPE_INT_ARGB);
    for (int label = 0; label < size; label++) {
      for (int prediction = 0; prediction < size; prediction++) {
        int alpha = (int) Math.round(255 * shade(matrix, label, prediction));
        image.setRGB(prediction, label, alpha << 24 | (label == prediction ? RIGHT : WRONG));
      }
    }
    try (var bytes = new ByteArrayOutputStream()) {
      ImageIO.write(image, "png", bytes);
      return Base64.getEncoder().encodeToString(bytes.toByteArray());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
