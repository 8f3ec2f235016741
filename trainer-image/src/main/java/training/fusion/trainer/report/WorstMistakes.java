package training.fusion.trainer.report;

import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/** The images that a model was surest about and wrong: those of the highest loss, a few of them. */
public final class WorstMistakes {
  private static final int MOST = 20;

  /** The best of the worst first: it is the next to go. Of equal ones the first image stays. */
  private static final Comparator<Mistake> BEST_FIRST =
      Comparator.comparingDouble(Mistake::loss)
          .thenComparing(Comparator.comparingInt(Mistake::number).reversed());

  private final PriorityQueue<Mistake> kept = new PriorityQueue<>(BEST_FIRST);

  /**
   * An image that was taken for another class than its own.
   *
   * @param number of the image, in the order in which they were evaluated, from 0
   * @param loss its cross-entropy
   * @param probability of the class that it was taken for
   */
  public record Mistake(int number, int label, int prediction, double loss, double probability) {}

  /** Whether a mistake of a loss up to this one would be kept. */
  public boolean wants(double loss) {
    Mistake best = kept.peek();
    return Double.isFinite(loss) && (kept.size() < MOST || best == null || loss > best.loss());
  }

  /** Takes a mistake, if it is one of the worst. */
  public void add(Mistake mistake) {
    if (wants(mistake.loss())) {
      kept.add(mistake);
      if (kept.size() > MOST) {
        kept.remove();
      }
    }
  }

  /** The worst first. */
  public List<Mistake> sorted() {
    return kept.stream().sorted(BEST_FIRST.reversed()).toList();
  }
}
