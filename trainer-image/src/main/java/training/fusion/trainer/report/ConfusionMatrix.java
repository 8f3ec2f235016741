package training.fusion.trainer.report;

import java.util.Arrays;
import java.util.List;
import training.fusion.api.run.Metrics;

/**
 * How often images of each class were taken for each class, and what follows from it, as
 * scikit-learn computes it with {@code zero_division=0}. Averages are over the classes that occur
 * among the images or the predictions, its default: a class that is in neither says nothing of the
 * model.
 */
public final class ConfusionMatrix {
  private static final int FIVE = 5;

  private final long[][] counts;
  private final long[] images;
  private final long[] predicted;
  private long ranked;
  private long amongFive;

  /**
   * One class's figures.
   *
   * @param precision correct among those taken for the class; 0 if none was
   * @param recall correct among those of the class; 0 if there are none
   * @param f1 harmonic mean of both; 0 if both are
   * @param support images of the class
   */
  public record ClassFigures(double precision, double recall, double f1, long support) {}

  /** Nothing counted yet. */
  public ConfusionMatrix(int classes) {
    counts = new long[classes][classes];
    images = new long[classes];
    predicted = new long[classes];
  }

  /**
   * One whose counts are known.
   *
   * @param rows one per true class, one column per prediction
   */
  static ConfusionMatrix of(List<List<Long>> rows) {
    var matrix = new ConfusionMatrix(rows.size());
    for (int label = 0; label < rows.size(); label++) {
      for (int prediction = 0; prediction < rows.size(); prediction++) {
        matrix.add(label, prediction, rows.get(label).get(prediction));
      }
    }
    return matrix;
  }

  /** Counts one image. */
  public void add(int label, int prediction) {
    add(label, prediction, 1);
  }

  private void add(int label, int prediction, long count) {
    counts[label][prediction] += count;
    images[label] += count;
    predicted[prediction] += count;
  }

  /**
   * Counts where an image's own class stands.
   *
   * @param rank how many classes are more probable
   */
  public void addRank(int rank) {
    ranked++;
    amongFive += rank < FIVE ? 1 : 0;
  }

  /** Number of classes. */
  public int classes() {
    return counts.length;
  }

  /** One row per true class, one column per prediction. */
  public List<List<Long>> rows() {
    return Arrays.stream(counts).map(row -> Arrays.stream(row).boxed().toList()).toList();
  }

  /** Figures of a class. */
  public ClassFigures of(int label) {
    long correct = counts[label][label];
    return new ClassFigures(
        ratio(correct, predicted[label]),
        ratio(correct, images[label]),
        ratio(2 * correct, images[label] + predicted[label]),
        images[label]);
  }

  /** Whether any image is of the class, or is taken for it. */
  public boolean occurs(int label) {
    return images[label] + predicted[label] > 0;
  }

  /** All images. */
  public long images() {
    return Arrays.stream(images).sum();
  }

  /**
   * The headline figures.
   *
   * @param lossSum cross-entropy, summed over the images counted here
   */
  public Metrics toMetrics(Metrics.Split split, int epoch, double lossSum) {
    long correct = 0;
    double f1 = 0;
    double weightedF1 = 0;
    int occurring = 0;
    for (int label = 0; label < counts.length; label++) {
      ClassFigures figures = of(label);
      correct += counts[label][label];
      f1 += figures.f1();
      weightedF1 += figures.f1() * figures.support();
      occurring += occurs(label) ? 1 : 0;
    }
    long all = images();
    return new Metrics(
        split,
        epoch,
        ratio(correct, all),
        lossSum / all,
        f1 / occurring,
        weightedF1 / all,
        ranked == 0 || counts.length <= FIVE ? null : ratio(amongFive, ranked));
  }

  private static double ratio(long part, long whole) {
    return whole == 0 ? 0 : (double) part / whole;
  }
}
