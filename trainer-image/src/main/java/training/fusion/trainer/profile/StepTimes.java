package training.fusion.trainer.profile;

import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.statistics.descriptive.Median;

/**
 * What some steps took.
 *
 * @param imagesPerSecond images of the steps by their seconds; what lies between steps, such as
 *     evaluations and checkpoints, does not count
 * @param medianMilliseconds of a step
 * @param phases all, in the order of a step
 */
public record StepTimes(
    int steps,
    double seconds,
    double imagesPerSecond,
    double medianMilliseconds,
    Map<Phase, Part> phases) {
  public StepTimes {
    phases = Collections.unmodifiableMap(new EnumMap<>(phases)); // keeps their order
  }

  /**
   * A phase's part.
   *
   * @param medianMilliseconds in a step
   * @param share of the time of all steps, 0 to 1
   */
  public record Part(double medianMilliseconds, double share) {}

  /**
   * One step.
   *
   * @param nanoseconds of every phase
   */
  record Step(Map<Phase, Long> nanoseconds, int images) {
    Step {
      nanoseconds = Map.copyOf(nanoseconds);
    }
  }

  static StepTimes of(List<Step> steps) {
    long[] totals = new long[steps.size()];
    Map<Phase, long[]> times = new EnumMap<>(Phase.class);
    for (Phase phase : Phase.values()) {
      long[] ofPhase =
          steps.stream().mapToLong(s -> s.nanoseconds.getOrDefault(phase, 0L)).toArray();
      times.put(phase, ofPhase);
      Arrays.setAll(totals, i -> totals[i] + ofPhase[i]);
    }
    double seconds = sum(totals) / 1e9;
    Map<Phase, Part> phases = new EnumMap<>(Phase.class);
    times.forEach(
        (phase, ofPhase) ->
            phases.put(phase, new Part(medianMilliseconds(ofPhase), sum(ofPhase) / 1e9 / seconds)));
    return new StepTimes(
        steps.size(),
        seconds,
        steps.stream().mapToLong(Step::images).sum() / seconds,
        medianMilliseconds(totals),
        phases);
  }

  private static double sum(long[] times) {
    return Arrays.stream(times).asDoubleStream().sum();
  }

  private static double medianMilliseconds(long[] times) {
    return Median.withDefaults().evaluate(Arrays.stream(times).asDoubleStream().toArray()) / 1e6;
  }
}
