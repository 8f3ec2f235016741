package training.fusion.operator.sweep.report;

/**
 * A family of strategies against the best single optimizer, on test accuracy.
 *
 * @param family such as {@code Adam → SGD}: its boundary and its rates are what is chosen
 */
public record Comparison(String arm, String dataset, String family, Outcome outcome) {

  /** What there is to say. */
  public sealed interface Outcome permits Open, Compared {}

  /**
   * Nothing yet.
   *
   * @param reason a sentence without its full stop
   */
  public record Open(String reason) implements Outcome {}

  /**
   * Both were chosen, and ran with the seeds that compare.
   *
   * @param chosen best of the family on validation, with the seeds that choose
   * @param single best single optimizer on validation, with the same seeds
   * @param difference chosen minus single, a fraction of the images
   * @param adjustedP Holm's, over all comparisons of the sweep that got here
   */
  public record Compared(
      Group chosen, Group single, PairedDifference difference, double adjustedP, Verdict verdict)
      implements Outcome {
    /** The same as one of several comparisons. */
    Compared corrected(double holm, int comparisons) {
      return new Compared(
          chosen, single, difference, holm, Verdict.of(difference, holm, comparisons));
    }
  }

  Comparison with(Outcome other) {
    return new Comparison(arm, dataset, family, other);
  }

  /** In words. */
  public enum Verdict {
    BETTER("better than the single optimizer"),
    WORSE("worse than the single optimizer"),
    NO_DIFFERENCE("no difference shown"),
    TOO_FEW_SEEDS("too few seeds to decide");

    private final String words;

    Verdict(String words) {
      this.words = words;
    }

    @Override
    public String toString() {
      return words;
    }

    /**
     * What a corrected p means.
     *
     * @param comparisons how many p was corrected for; the smallest p of n seeds, 2^(1−n), is to
     *     bear that, else no result could have been significant
     */
    static Verdict of(PairedDifference difference, double adjustedP, int comparisons) {
      if (adjustedP <= LEVEL) {
        return difference.mean() > 0 ? BETTER : WORSE;
      }
      boolean tooFew = comparisons * Math.pow(2, 1 - difference.n()) > LEVEL;
      return tooFew ? TOO_FEW_SEEDS : NO_DIFFERENCE;
    }

    private static final double LEVEL = 0.05;
  }
}
