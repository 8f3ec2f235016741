package training.fusion.trainer.report;

import java.util.Arrays;
import java.util.List;
import training.fusion.api.run.Metrics;

/**
 * How often images of each class were taken for each class, and what follows from it, as
 * scikit-learn computes it with {@code zero_division=0}.
 */
public final class ConfusionMatrix {
  private final long[][] counts;

  /**
   * One class's figures.
   *
   * @param precision correct among those taken for the class; 0 if none was
   * @param recall correct among those of the class; 0 if there are none
   * @param f1 harmonic mean of both; 0 if both are
   * @param support images of the class
   */
  public record ClassFigures(double precision, double recall, double f1, long support) {}

  public ConfusionMatrix(int classes) {
    counts = new long[classes][classes];
  }

  /** Counts one image. */
  public void add(int label, int prediction) {
    counts[label][prediction]++;
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
    long support = 0;
    long predicted = 0;
    for (int other = 0; other < counts.length; other++) {
      support += counts[label][other];
      predicted += counts[other][label];
    }
    return new ClassFigures(
        ratio(correct, predicted),
        ratio(correct, support),
        ratio(2 * correct, support + predicted),
        support);
  }

  /** All images. */
  public long images() {
    long images = 0;
    for (int label = 0; label < counts.length; label++) {
      images += of(label).support();
    }
    return images;
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
    for (int label = 0; label < counts.length; label++) {
      ClassFigures figures = of(label);
      correct += counts[label][label];
      f1 += figures.f1();
      weightedF1 += figures.f1() * figures.support();
    }
    long images = images();
    return new Metrics(
        split,
        epoch,
        ratio(correct, images),
        lossSum / images,
        f1 / counts.length,
        weightedF1 / images);
  }

  private static double ratio(long part, long whole) {
    return whole == 0 ? 0 : (double) part / whole;
  }
}
