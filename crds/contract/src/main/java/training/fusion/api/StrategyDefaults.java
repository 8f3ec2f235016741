package training.fusion.api;

import org.jspecify.annotations.Nullable;

/**
 * The values that absent fields of SWATS, MAS and the Step schedule take. They are no schema
 * defaults, so that an object holds what its author wrote; see also {@link OptimizerType}.
 */
public final class StrategyDefaults {
  /** Difference of rates below which SWATS switches (Keskar and Socher 2017, section 3). */
  public static final double SWATS_TOLERANCE = 1e-9;

  /** Adam's steps before SWATS may switch: in the first, mean and value are equal (algorithm 1). */
  public static final int SWATS_MINIMUM_STEPS = 2;

  /** Weight of either part of MAS (Landro, Gallo and La Grassa 2020, section 4). */
  public static final double MAS_WEIGHT = 0.5;

  /** SGD's momentum in MAS. */
  public static final double MAS_MOMENTUM = 0.9;

  /** {@code lr_step_size} of torchvision's reference training. */
  public static final int SCHEDULE_EVERY_EPOCHS = 30;

  /** {@code gamma} of {@code torch.optim.lr_scheduler.StepLR}. */
  public static final double SCHEDULE_FACTOR = 0.1;

  private StrategyDefaults() {}

  /** The same with every field filled in, but for {@code relativeTolerance}: absent is not used. */
  public static Optimization.Swats resolve(Optimization.Swats swats) {
    return new Optimization.Swats(
        or(swats.learningRate(), OptimizerType.ADAM.number(Hyperparameter.LEARNING_RATE)),
        or(swats.beta1(), OptimizerType.ADAM.number(Hyperparameter.BETA1)),
        or(swats.beta2(), OptimizerType.ADAM.number(Hyperparameter.BETA2)),
        or(swats.epsilon(), OptimizerType.ADAM.number(Hyperparameter.EPSILON)),
        or(swats.tolerance(), SWATS_TOLERANCE),
        swats.relativeTolerance(),
        or(swats.minimumSteps(), SWATS_MINIMUM_STEPS));
  }

  /** The same with every field filled in. */
  public static Optimization.Mas resolve(Optimization.Mas mas) {
    return new Optimization.Mas(
        or(mas.learningRate(), OptimizerType.ADAM.number(Hyperparameter.LEARNING_RATE)),
        or(mas.sgdWeight(), MAS_WEIGHT),
        or(mas.adamWeight(), MAS_WEIGHT),
        or(mas.momentum(), MAS_MOMENTUM),
        or(mas.beta1(), OptimizerType.ADAM.number(Hyperparameter.BETA1)),
        or(mas.beta2(), OptimizerType.ADAM.number(Hyperparameter.BETA2)),
        or(mas.epsilon(), OptimizerType.ADAM.number(Hyperparameter.EPSILON)),
        or(mas.weightDecay(), 0.0));
  }

  private static <T> T or(@Nullable T value, T otherwise) {
    return value == null ? otherwise : value;
  }
}
