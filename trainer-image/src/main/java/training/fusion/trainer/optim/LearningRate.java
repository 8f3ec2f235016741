package training.fusion.trainer.optim;

import org.jspecify.annotations.Nullable;
import training.fusion.api.Schedule;
import training.fusion.api.StrategyDefaults;
import training.fusion.trainer.optim.OptimizerSettings.RunLength;

/** Learning rates as a function of the step alone, so that a resumed run needs no memory of it. */
public final class LearningRate {
  private LearningRate() {}

  /**
   * What the peak learning rate is multiplied by.
   *
   * @param schedule absent: constant
   * @param step from 0
   * @param length of the whole run
   */
  public static double factor(@Nullable Schedule schedule, long step, RunLength length) {
    if (schedule == null) {
      return 1;
    }
    int warmup = schedule.warmupSteps() == null ? 0 : schedule.warmupSteps();
    double warm = step < warmup ? (step + 1.0) / warmup : 1;
    return switch (schedule.type()) {
      case CONSTANT -> warm;
      // Loshchilov and Hutter 2017, arXiv 1608.03983, equation 5 with one period
      case COSINE ->
          step < warmup
              ? warm
              : 0.5
                  * (1
                      + StrictMath.cos(
                          Math.PI * (step - warmup) / Math.max(1, length.steps() - warmup)));
      // torch.optim.lr_scheduler.StepLR; its epochs are the run's, those of the warm-up included
      case STEP ->
          warm
              * StrictMath.pow(
                  schedule.factor() == null ? StrategyDefaults.SCHEDULE_FACTOR : schedule.factor(),
                  (double)
                      Math.floorDiv(
                          step / length.stepsPerEpoch(),
                          schedule.everyEpochs() == null
                              ? StrategyDefaults.SCHEDULE_EVERY_EPOCHS
                              : schedule.everyEpochs()));
    };
  }
}
