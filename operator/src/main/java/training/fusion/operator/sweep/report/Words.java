package training.fusion.operator.sweep.report;

import java.util.List;
import java.util.Locale;
import training.fusion.operator.status.OptimizationSummary;
import training.fusion.operator.sweep.TrialRow;

/** Sentences that Markdown and HTML share. */
final class Words {
  static final String PAPER =
      "Ours is measured on the test images, mean ± standard deviation over n seeds; the paper's"
          + " values are Kim and Moon's. Δ is ours minus the paper's. A dash: not run yet. Of several"
          + " groups that match a row, the best on validation stands here.";
  static final String GROUPS =
      "Trials that differ in the seed alone; mean ± standard deviation (n − 1) over those that"
          + " succeeded. F1 is macro. Share: parameters that the high level's optimizer updates.";
  static final String STATISTICS =
      "For each pair of optimizers the boundary, and the best single optimizer, are chosen by"
          + " accuracy on validation with the first quarter of the seeds; then they are compared by"
          + " accuracy on test with the other seeds. Difference: mean of the pairs, 95 % interval by"
          + " Student's t; p: exact sign-flip test, two-sided; Holm: corrected for the number of"
          + " comparisons. Significant at 0.05.";

  private Words() {}

  /** Chosen, single, n, difference, p, corrected p, verdict. */
  static List<String> of(Comparison.Outcome outcome) {
    if (outcome instanceof Comparison.Compared compared) {
      PairedDifference difference = compared.difference();
      return List.of(
          compared.chosen().label(),
          compared.single().label(),
          Integer.toString(difference.n()),
          difference(difference),
          Text.probability(difference.p()),
          Text.probability(compared.adjustedP()),
          compared.verdict().toString());
    }
    String reason = ((Comparison.Open) outcome).reason();
    return List.of(Text.NONE, Text.NONE, "0", Text.NONE, Text.NONE, Text.NONE, reason);
  }

  private static String difference(PairedDifference difference) {
    Double margin = difference.margin();
    return margin == null
        ? Text.points(difference.mean())
        : "%s (%s … %s)"
            .formatted(
                Text.points(difference.mean()),
                Text.points(difference.mean() - margin),
                Text.points(difference.mean() + margin));
  }

  /** A trial's arm, data set and optimizers. */
  static String strategy(TrialRow row) {
    return "%s, %s: %s"
        .formatted(
            row.cell().arm(),
            row.cell().dataset(),
            OptimizationSummary.words(row.cell().optimization(), row.cell().architecture()));
  }

  /** {@code 12 succeeded}, with the state in lower case. */
  static String count(long count, TrialRow.State state) {
    return count + " " + state.name().toLowerCase(Locale.ROOT);
  }
}
