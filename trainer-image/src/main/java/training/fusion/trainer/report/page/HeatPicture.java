package training.fusion.trainer.report.page;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;
import training.fusion.trainer.picture.PictureWriter;
import training.fusion.trainer.report.ConfusionMatrix;
import training.fusion.trainer.report.MatrixSummary;

/**
 * A confusion matrix of many classes as a picture. It has so many pixels at most, whatever the
 * number of classes: of more, neighbours share a row and a column, and a cell shows what share of
 * the row's images was taken for the column's classes. On the diagonal that is what was right;
 * mistakes among neighbours are not in the picture.
 */
final class HeatPicture {
  private static final int RIGHT = 0x0072b2;
  private static final int WRONG = 0xd55e00;

  private HeatPicture() {}

  /** The picture in Base64. Opacity rather than lightness: it fits a light and a dark page. */
  static String png(ConfusionMatrix matrix) {
    int grouped = MatrixSummary.grouped(matrix.classes());
    int size = (matrix.classes() + grouped - 1) / grouped;
    long[][] cells = new long[size][size];
    long[] images = new long[size];
    matrix.forEach(
        (label, prediction, count) -> {
          int row = label / grouped;
          int column = prediction / grouped;
          images[row] += count;
          cells[row][column] += row == column && label != prediction ? 0 : count;
        });
    var image = new BufferedImage(size, size, BufferedImage.TYPE_INT_ARGB);
    for (int row = 0; row < size; row++) {
      for (int column = 0; column < size; column++) {
        int alpha = (int) Math.round(255 * HeatMap.shade(cells[row][column], images[row]));
        image.setRGB(column, row, alpha << 24 | (row == column ? RIGHT : WRONG));
      }
    }
    try {
      return Base64.getEncoder().encodeToString(PictureWriter.png(image));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
