package training.fusion.api.run;

/**
 * How many parameters each rule of a fusion optimizer updates.
 *
 * @param lowLevel parameters of the blocks up to and including the boundary
 * @param highLevel parameters of the blocks after it, and of the head
 */
public record ParameterCounts(long lowLevel, long highLevel) {
  /** Fraction of all parameters in the high level, to four digits. */
  public double highLevelShare() {
    return Math.round(1e4 * highLevel / (lowLevel + highLevel)) / 1e4;
  }
}
