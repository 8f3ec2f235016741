package training.fusion.trainer.artifact;

import training.fusion.trainer.TrainingFailure;

/** Hears of each request before it is made. */
@FunctionalInterface
public interface SendListener {
  /**
   * Something moves.
   *
   * @throws TrainingFailure if it is to end
   */
  void moved(String activity);
}
