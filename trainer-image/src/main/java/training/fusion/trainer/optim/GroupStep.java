package training.fusion.trainer.optim;

import org.jspecify.annotations.Nullable;

/**
 * What one step did to a group.
 *
 * @param gradientNorm Euclidean norm of the group's gradients, before clipping
 * @param weightNorm Euclidean norm of the group's parameters after the step; absent: not measured
 */
public record GroupStep(
    String group, double learningRate, double gradientNorm, @Nullable Double weightNorm) {
  /** One whose parameters were not measured. */
  public GroupStep(String group, double learningRate, double gradientNorm) {
    this(group, learningRate, gradientNorm, null);
  }
}
