package training.fusion.trainer.report;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.annotation.JsonAutoDetect.Visibility;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import java.util.Arrays;

/**
 * How often images of each class were taken for each class, and what follows from it, as
 * scikit-learn computes it with {@code zero_division=0}. Averages are over the classes that occur
 * among the images or the predictions, its default: a class that is in neither says nothing of the
 * model.
 *
 * <p>Only the cells that are not 0 are kept, as columns: SciPy's {@code coo_matrix((count, (label,
 * prediction)))}. Of 10,000 classes all cells would be 800 MB, and hardly one in a thousand counts
 * anything.
 */
@JsonAutoDetect(
    fieldVisibility = Visibility.NONE,
    getterVisibility = Visibility.NONE,
    isGetterVisibility = Visibility.NONE)
@JsonPropertyOrder({"size", "label", "prediction", "count"})
@JsonDeserialize(using = ConfusionMatrixReader.class)
public final class ConfusionMatrix {
  /** Number of classes. */
  @JsonProperty("size")
  private final int classes;

  /** True class of each cell; ascending. */
  @JsonProperty("label")
  private final int[] labels;

  /** What the cell's images were taken for; ascending within a label. */
  @JsonProperty("prediction")
  private final int[] predictions;

  /** Images of each cell, above 0. */
  @JsonProperty("count")
  private final long[] counts;

  private final long[] correct;
  private final long[] images;
  private final long[] predicted;

  private ConfusionMatrix(
      int classes,
      int[] labels,
      int[] predictions,
      long[] counts,
      long[] correct,
      long[] images,
      long[] predicted) {
    this.classes = classes;
    this.labels = labels;
    this.predictions = predictions;
    this.counts = counts;
    this.correct = correct;
    this.images = images;
    this.predicted = predicted;
  }

  /** Takes the cells, row by row. */
  static final class Builder {
    private final int classes;
    private int[] labels;
    private int[] predictions;
    private long[] counts;
    private int cells;

    /**
     * @param expected number of cells, or a guess
     */
    Builder(int classes, int expected) {
      this.classes = classes;
      labels = new int[expected];
      predictions = new int[expected];
      counts = new long[expected];
    }

    /**
     * The next cell.
     *
     * @throws IllegalArgumentException if it is outside the matrix, or not after the one before
     */
    void add(int label, int prediction, long count) {
      boolean inside =
          label >= 0 && label < classes && prediction >= 0 && prediction < classes && count > 0;
      boolean later =
          cells == 0
              || label > labels[cells - 1]
              || (label == labels[cells - 1] && prediction > predictions[cells - 1]);
      if (!inside || !later) {
        throw new IllegalArgumentException(
            "no next cell: %d, %d with %d images".formatted(label, prediction, count));
      }
      if (cells == labels.length) {
        grow();
      }
      labels[cells] = label;
      predictions[cells] = prediction;
      counts[cells++] = count;
    }

    private void grow() {
      int room = Math.max(16, 2 * cells);
      labels = Arrays.copyOf(labels, room);
      predictions = Arrays.copyOf(predictions, room);
      counts = Arrays.copyOf(counts, room);
    }

    ConfusionMatrix build() {
      long[] correct = new long[classes];
      long[] images = new long[classes];
      long[] predicted = new long[classes];
      for (int i = 0; i < cells; i++) {
        images[labels[i]] += counts[i];
        predicted[predictions[i]] += counts[i];
        correct[labels[i]] += labels[i] == predictions[i] ? counts[i] : 0;
      }
      return new ConfusionMatrix(
          classes,
          Arrays.copyOf(labels, cells),
          Arrays.copyOf(predictions, cells),
          Arrays.copyOf(counts, cells),
          correct,
          images,
          predicted);
    }
  }

  /**
   * One class's figures.
   *
   * @param precision correct among those taken for the class; 0 if none was
   * @param recall correct among those of the class; 0 if there are none
   * @param f1 harmonic mean of both; 0 if both are
   * @param support images of the class
   */
  public record ClassFigures(double precision, double recall, double f1, long support) {}

  /** What is done with a cell. */
  public interface Cell {
    /** Images of class {@code label} that were taken for {@code prediction}: at least one. */
    void counts(int label, int prediction, long count);
  }

  /** Gives all cells that are not 0, row by row. */
  public void forEach(Cell cell) {
    for (int i = 0; i < counts.length; i++) {
      cell.counts(labels[i], predictions[i], counts[i]);
    }
  }

  /** All cells, a row for each true class: for few classes, as people read them. */
  public long[][] rows() {
    long[][] rows = new long[classes][classes];
    forEach((label, prediction, count) -> rows[label][prediction] = count);
    return rows;
  }

  /** Number of classes. */
  public int classes() {
    return classes;
  }

  /** Number of cells that are not 0. */
  public int cells() {
    return counts.length;
  }

  /** Figures of a class. */
  public ClassFigures of(int label) {
    return new ClassFigures(
        ratio(correct[label], predicted[label]),
        ratio(correct[label], images[label]),
        ratio(2 * correct[label], images[label] + predicted[label]),
        images[label]);
  }

  /** Images of a class that were taken for it. */
  public long correct(int label) {
    return correct[label];
  }

  /** Images of a class. */
  public long images(int label) {
    return images[label];
  }

  /** Whether any image is of the class, or is taken for it. */
  public boolean occurs(int label) {
    return images[label] + predicted[label] > 0;
  }

  /** All images. */
  public long images() {
    return Arrays.stream(images).sum();
  }

  static double ratio(long part, long whole) {
    return whole == 0 ? 0 : (double) part / whole;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ConfusionMatrix that
        && classes == that.classes
        && Arrays.equals(labels, that.labels)
        && Arrays.equals(predictions, that.predictions)
        && Arrays.equals(counts, that.counts);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(counts);
  }
}
