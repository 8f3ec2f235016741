package training.fusion.operator.sweep.trial;

import org.jspecify.annotations.Nullable;
import training.fusion.api.resource.FusionTrainingSpec;

/**
 * One training of a sweep.
 *
 * @param name of its FusionTraining
 * @param spec as the user wrote it, without defaults
 */
public record Trial(String name, Cell cell, FusionTrainingSpec spec) {
  /**
   * The same trial, which pauses on its way; its name does not say where, for that changes.
   *
   * @param epoch null: nowhere
   */
  public Trial pausingAfter(@Nullable Integer epoch) {
    return epoch == null
        ? this
        : new Trial(
            name,
            cell,
            new FusionTrainingSpec(
                spec.suspend(),
                epoch,
                spec.runId(),
                spec.model(),
                spec.dataset(),
                spec.optimization(),
                spec.training(),
                spec.checkpoint(),
                spec.tracking(),
                spec.report(),
                spec.artifacts(),
                spec.pod(),
                spec.runPolicy()));
  }
}
