package training.fusion.trainer.optim;

import java.util.List;
import org.jspecify.annotations.Nullable;
import training.fusion.api.Schedule;
import training.fusion.api.StrategyDefaults;
import training.fusion.trainer.FieldText;
import training.fusion.trainer.optim.OptimizerSettings.RunLength;

/** Learning rates as a function of the step alone, so that a resumed run needs no memory of it. */
public final class LearningRate {
  private LearningRate() {}

  /**
   * What the peak learning rate is multiplied by.
   *
   * @param schedule absent: constant
   * @param peak the learning rate itself
   * @param step from 0
   * @param length of the whole run
   */
  public static double factor(
      @Nullable Schedule schedule, double peak, long step, RunLength length) {
    if (schedule == null) {
      return 1;
    }
    long warmup = warmup(schedule, length);
    double warm = step < warmup ? warm(schedule, step, warmup) : 1;
    return switch (schedule.type()) {
      case CONSTANT -> warm;
      case COSINE ->
          step < warmup ? warm : cosine(schedule, peak, step - warmup, length.steps() - warmup);
      // torch.optim.lr_scheduler.StepLR
      case STEP ->
          warm
              * StrictMath.pow(
                  schedule.factor() == null ? StrategyDefaults.SCHEDULE_FACTOR : schedule.factor(),
                  (double)
                      Math.floorDiv(
                          epochs(schedule, step, warmup, length),
                          schedule.everyEpochs() == null
                              ? StrategyDefaults.SCHEDULE_EVERY_EPOCHS
                              : schedule.everyEpochs()));
      // torch.optim.lr_scheduler.ExponentialLR
      case EXPONENTIAL ->
          warm
              * StrictMath.pow(
                  schedule.factor() == null ? 1 : schedule.factor(),
                  (double) epochs(schedule, step, warmup, length));
    };
  }

  /**
   * Looks whether each group's rate falls.
   *
   * @param schedule of groups without their own
   * @throws IllegalArgumentException naming the field if one would end above its peak
   */
  public static void check(List<ParameterGroup> groups, @Nullable Schedule schedule) {
    for (ParameterGroup group : groups) {
      Schedule own = group.schedule() == null ? schedule : group.schedule();
      Double least = own == null ? null : own.minimumLearningRate();
      double peak = group.rule().learningRate();
      if (least != null && !group.frozen() && least > peak) {
        throw new IllegalArgumentException(
            "%s.minimumLearningRate is %s, above the learningRate %s%s; lower it"
                .formatted(
                    group.schedule() == null
                        ? "training.schedule"
                        : "optimization.fusion." + group.name() + ".schedule",
                    FieldText.number(least),
                    FieldText.number(peak),
                    group.name().equals("all") ? "" : " of " + group.name()));
      }
    }
  }

  private static long warmup(Schedule schedule, RunLength length) {
    return schedule.warmupEpochs() == null
        ? (schedule.warmupSteps() == null ? 0 : schedule.warmupSteps())
        : (long) schedule.warmupEpochs() * length.stepsPerEpoch();
  }

  /** torch.optim.lr_scheduler.LinearLR, if it is said where it begins. */
  private static double warm(Schedule schedule, long step, long warmup) {
    Double first = schedule.warmupFactor();
    return first == null ? (step + 1.0) / warmup : first + (1 - first) * step / warmup;
  }

  /**
   * Loshchilov and Hutter 2017, arXiv 1608.03983, equation 5 with one period; as
   * torch.optim.lr_scheduler.CosineAnnealingLR with {@code eta_min}.
   */
  private static double cosine(Schedule schedule, double peak, long step, long steps) {
    double share = 0.5 * (1 + StrictMath.cos(Math.PI * step / Math.max(1, steps)));
    Double least = schedule.minimumLearningRate();
    return least == null || peak == 0 ? share : (least + (peak - least) * share) / peak;
  }

  /**
   * Epochs that count: those after a warm-up in epochs, as PyTorch's SequentialLR counts; but all
   * of the run where the warm-up is in steps.
   */
  private static long epochs(Schedule schedule, long step, long warmup, RunLength length) {
    long from = schedule.warmupEpochs() == null ? 0 : warmup;
    return Math.max(0, step - from) / length.stepsPerEpoch();
  }
}
