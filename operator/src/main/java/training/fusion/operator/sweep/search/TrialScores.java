package training.fusion.operator.sweep.search;

import java.util.Map;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * What one trial has shown so far; more is better.
 *
 * @param atPauses by the epoch that it paused after
 * @param atEnd of its model, if it has one; absent before that
 * @param failed whether it is over without a model
 */
public record TrialScores(Map<Integer, Double> atPauses, @Nullable Double atEnd, boolean failed) {
  /** Of one that has not been anywhere. */
  public static final TrialScores NONE = new TrialScores(Map.of(), null, false);

  /**
   * What counts after an epoch: what it had come to there, whatever has become of it since. Of a
   * trial that ended before it got there, or passed by without a stop, its end counts; what failed
   * is below all others, and so is what is no number. Empty: it is not known yet.
   */
  OptionalDouble at(int epoch) {
    Double score = atPauses.get(epoch);
    if (score == null && failed) {
      score = Double.NEGATIVE_INFINITY;
    }
    if (score == null) {
      score = atEnd;
    }
    if (score == null) {
      return OptionalDouble.empty();
    }
    return OptionalDouble.of(score.isNaN() ? Double.NEGATIVE_INFINITY : score);
  }
}
