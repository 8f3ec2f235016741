package training.fusion.trainer.optim;

import org.jspecify.annotations.Nullable;
import training.fusion.api.Schedule;

/** Learning rates as a function of the step alone, so that a resumed run needs no memory of it. */
public final class LearningRate {
  private LearningRate() {}

  /**
   * What the peak learning rate is multiplied by.
   *
   * @param schedule absent: constant
   * @param step from 0
   * @param steps of the whole run
   */
  public static double factor(@Nullable Schedule schedule, long step, long steps) {
    if (schedule == null) {
      return 1;
    }
    int warmup = schedule.warmupSteps() == null ? 0 : schedule.warmupSteps();
    if (step < warmup) {
      return (step + 1.0) / warmup;
    }
    return switch (schedule.type()) {
      case CONSTANT -> 1;
      // Loshchilov and Hutter 2017, arXiv 1608.03983, equation 5 with one period
      case COSINE ->
          0.5 * (1 + StrictMath.cos(Math.PI * (step - warmup) / Math.max(1, steps - warmup)));
      case STEP ->
          throw new IllegalArgumentException("training.schedule.type: Step is not supported yet");
    };
  }
}
