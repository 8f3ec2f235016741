package training.fusion.trainer.optim;

import org.jspecify.annotations.Nullable;
import training.fusion.api.Optimization;
import training.fusion.api.Schedule;
import training.fusion.api.Training.WeightDecayOn;

/**
 * How a network's parameters are updated.
 *
 * @param schedule of groups without their own; null: constant
 * @param maxGradNorm of groups without their own, over all of these; null: no clipping
 * @param rho of {@link SharpnessAware}; null: a step's gradients are those at the weights
 * @param length what schedules count in
 */
public record OptimizerSettings(
    Optimization strategy,
    @Nullable Schedule schedule,
    @Nullable Double maxGradNorm,
    WeightDecayOn weightDecayOn,
    @Nullable Double rho,
    RunLength length) {

  /**
   * Length of a run.
   *
   * @param stepsPerEpoch updates in a pass over the training images
   */
  public record RunLength(int epochs, int stepsPerEpoch) {
    /** Updates in the whole run. */
    public long steps() {
      return (long) epochs * stepsPerEpoch;
    }
  }

  /** What the schedule multiplies a group's learning rate by, in a step from 1. */
  double peakShare(ParameterGroup group, long step) {
    Schedule own = group.schedule();
    return LearningRate.factor(
        own == null ? schedule : own, group.rule().learningRate(), step - 1, length);
  }
}
