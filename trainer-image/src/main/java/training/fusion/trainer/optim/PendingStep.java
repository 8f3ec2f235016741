package training.fusion.trainer.optim;

import ai.djl.ndarray.NDArray;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A step that the device has been told to do. Its numbers are read, in one small copy, when the
 * host needs them; by then the next step should be under way.
 */
public final class PendingStep implements AutoCloseable {
  private final NDArray numbers;
  private final List<ParameterGroup> groups;
  private final double[] peakShares;
  private @Nullable NDArray weightNorms;

  PendingStep(NDArray numbers, List<ParameterGroup> groups, double[] peakShares) {
    this.numbers = numbers;
    this.groups = groups;
    this.peakShares = peakShares;
  }

  /**
   * Tells the parameters' norms, too.
   *
   * @param norms one for each group; closed with this
   */
  void weighed(NDArray norms) {
    weightNorms = norms;
  }

  /** Waits for the device. */
  public StepOutcome read() {
    double[] values = numbers.toDoubleArray();
    int end = 3 + groups.size();
    SwatsFigures swats =
        values.length > end ? SwatsFigures.of(values[end], values[end + 1], values[end + 2]) : null;
    double[] weights = weightNorms == null ? null : weightNorms.toDoubleArray();
    List<GroupStep> steps = new ArrayList<>();
    for (int i = 0; i < groups.size(); i++) {
      ParameterGroup group = groups.get(i);
      double peak = FusionOptimizer.peak(group, swats);
      steps.add(
          new GroupStep(
              group.name(),
              peak * peakShares[i],
              values[3 + i],
              weights == null ? null : weights[i]));
    }
    return new StepOutcome(
        values[1], Math.round(values[2]), values[0] != 0, List.copyOf(steps), swats);
  }

  @Override
  public void close() {
    numbers.close();
    if (weightNorms != null) {
      weightNorms.close();
    }
  }
}
