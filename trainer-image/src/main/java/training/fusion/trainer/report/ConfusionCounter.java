package training.fusion.trainer.report;

import java.util.Map;
import java.util.TreeMap;
import training.fusion.api.run.Metrics;

/**
 * Counts, image by image, how often each class was taken for each. What it holds grows with the
 * pairs that occur, of which there are no more than images, and not with the square of the classes.
 */
public final class ConfusionCounter {
  private static final int FIVE = 5;

  private final int classes;

  /** By {@code label * classes + prediction}, so in the order of the rows. */
  private final Map<Long, Long> counts = new TreeMap<>();

  private final WorstMistakes worst = new WorstMistakes();
  private long ranked;
  private long amongFive;

  /** Nothing counted yet. */
  public ConfusionCounter(int classes) {
    this.classes = classes;
  }

  /** Counts one image. */
  public void add(int label, int prediction) {
    counts.merge((long) label * classes + prediction, 1L, Long::sum);
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

  /** How many classes there are. */
  public int classes() {
    return classes;
  }

  /** The mistakes that are kept as such. */
  public WorstMistakes worst() {
    return worst;
  }

  /** Images whose rank was counted. */
  public int images() {
    return Math.toIntExact(ranked);
  }

  /** What is counted until now. */
  public ConfusionMatrix matrix() {
    var matrix = new ConfusionMatrix.Builder(classes, counts.size());
    counts.forEach(
        (cell, count) -> matrix.add((int) (cell / classes), (int) (cell % classes), count));
    return matrix.build();
  }

  /**
   * The headline figures.
   *
   * @param matrix what is counted
   * @param lossSum cross-entropy, summed over the images counted here
   */
  Metrics metrics(ConfusionMatrix matrix, Metrics.Split split, int epoch, double lossSum) {
    double f1 = 0;
    double weightedF1 = 0;
    int occurring = 0;
    long correct = 0;
    for (int label = 0; label < classes; label++) {
      ConfusionMatrix.ClassFigures figures = matrix.of(label);
      correct += matrix.correct(label);
      f1 += figures.f1();
      weightedF1 += figures.f1() * figures.support();
      occurring += matrix.occurs(label) ? 1 : 0;
    }
    long all = matrix.images();
    return new Metrics(
        split,
        epoch,
        ConfusionMatrix.ratio(correct, all),
        lossSum / all,
        f1 / occurring,
        weightedF1 / all,
        ranked == 0 || classes <= FIVE ? null : ConfusionMatrix.ratio(amongFive, ranked));
  }
}
