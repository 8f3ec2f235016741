package training.fusion.benchmarks.race;

import java.util.List;
import java.util.stream.IntStream;
import org.apache.commons.statistics.descriptive.Median;

/**
 * How a contestant did, over all rounds.
 *
 * @param perSecond pieces of work in a second, of each round
 * @param peakBytes most memory held resident
 */
public record Standing(String name, List<Double> perSecond, double startSeconds, long peakBytes) {
  public Standing {
    perSecond = List.copyOf(perSecond);
  }

  /** The middle round's speed. */
  public double median() {
    return median(perSecond);
  }

  /**
   * How much faster than another, round by round: both worked under the same conditions.
   *
   * @param other with as many rounds
   */
  public Ratio against(Standing other) {
    List<Double> ratios =
        IntStream.range(0, perSecond.size())
            .mapToObj(i -> perSecond.get(i) / other.perSecond.get(i))
            .sorted()
            .toList();
    return new Ratio(median(ratios), ratios.get(0), ratios.get(ratios.size() - 1));
  }

  /** A ratio of speeds: of the middle round, and its spread. */
  public record Ratio(double median, double least, double most) {}

  private static double median(List<Double> values) {
    return Median.withDefaults().evaluate(values.stream().mapToDouble(it -> it).toArray());
  }
}
