package training.fusion.trainer.tracking;

import java.io.IOException;
import training.fusion.api.run.RunResult;
import training.fusion.trainer.checkpoint.RunState;
import training.fusion.trainer.data.Part;
import training.fusion.trainer.optim.StepOutcome;
import training.fusion.trainer.report.EvaluatedPart;

/** Follows a training. What it throws is told once and does the training no harm. */
interface Tracker {
  /** The process begins its part of the run. */
  default void begun(RunState state) throws IOException {}

  /** The run has come so far; told after each step. */
  default void moved(RunState state) throws IOException {}

  /**
   * A step was made.
   *
   * @param step from 1, counted over the whole run
   */
  default void stepped(long step, StepOutcome outcome) throws IOException {}

  /**
   * The weights of an epoch were evaluated on the images that epochs are compared by; told once
   * more of the epoch whose weights are the model.
   *
   * @param part those images
   */
  default void evaluated(EvaluatedPart found, Part part) throws IOException {}

  /** An epoch was evaluated: the newest of the state's history. */
  void evaluated(RunState state) throws IOException;

  /** The process ends its part of the run, in success or not; the result's file is written. */
  void ended(RunResult result) throws IOException;
}
