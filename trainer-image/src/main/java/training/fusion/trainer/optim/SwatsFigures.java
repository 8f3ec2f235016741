package training.fusion.trainer.optim;

import org.jspecify.annotations.Nullable;

/**
 * Where SWATS stands.
 *
 * @param gamma rate of the SGD step that Adam's last step projects onto
 * @param lambda its running mean; SGD's rate after the switch
 * @param switchStep the step that was Adam's last; null: none yet
 */
public record SwatsFigures(double gamma, double lambda, @Nullable Long switchStep) {
  static SwatsFigures of(double gamma, double lambda, double switchStep) {
    return new SwatsFigures(gamma, lambda, switchStep == 0 ? null : (long) switchStep);
  }
}
