package training.fusion.api;

import org.jspecify.annotations.Nullable;

/**
 * The values that an {@link Optimizer}'s absent fields take: PyTorch 2.3.1's defaults ({@code
 * torch.optim}). They are no schema defaults, because a default written into every object would be
 * a field that most types refuse.
 */
public final class OptimizerDefaults {
  /** {@code lr} of SGD, Adam, AdamW and RAdam. */
  public static final double LEARNING_RATE = 1e-3;

  /** {@code lr} of NAdam. */
  public static final double NADAM_LEARNING_RATE = 2e-3;

  /** {@code weight_decay} of AdamW; the others have 0. */
  public static final double ADAMW_WEIGHT_DECAY = 1e-2;

  /** {@code betas[0]} of Adam, AdamW, RAdam and NAdam. */
  public static final double BETA1 = 0.9;

  /** {@code betas[1]} of Adam, AdamW, RAdam and NAdam. */
  public static final double BETA2 = 0.999;

  /** {@code eps} of Adam, AdamW, RAdam and NAdam. */
  public static final double EPSILON = 1e-8;

  /** {@code momentum_decay} of NAdam. */
  public static final double MOMENTUM_DECAY = 4e-3;

  private OptimizerDefaults() {}

  /** The same optimizer with every field that applies to its type filled in, and no other. */
  public static Optimizer resolve(Optimizer optimizer) {
    return switch (optimizer.type()) {
      case NONE ->
          new Optimizer(OptimizerType.NONE, null, null, null, null, null, null, null, null, null);
      case SGD ->
          new Optimizer(
              OptimizerType.SGD,
              or(optimizer.learningRate(), LEARNING_RATE),
              or(optimizer.weightDecay(), 0),
              or(optimizer.momentum(), 0),
              or(optimizer.dampening(), 0),
              Boolean.TRUE.equals(optimizer.nesterov()),
              null,
              null,
              null,
              null);
      case ADAM, ADAMW, RADAM, NADAM -> adaptive(optimizer);
    };
  }

  private static Optimizer adaptive(Optimizer optimizer) {
    boolean nadam = optimizer.type() == OptimizerType.NADAM;
    return new Optimizer(
        optimizer.type(),
        or(optimizer.learningRate(), nadam ? NADAM_LEARNING_RATE : LEARNING_RATE),
        or(
            optimizer.weightDecay(),
            optimizer.type() == OptimizerType.ADAMW ? ADAMW_WEIGHT_DECAY : 0),
        null,
        null,
        null,
        or(optimizer.beta1(), BETA1),
        or(optimizer.beta2(), BETA2),
        or(optimizer.epsilon(), EPSILON),
        nadam ? or(optimizer.momentumDecay(), MOMENTUM_DECAY) : null);
  }

  private static double or(@Nullable Double value, double otherwise) {
    return value == null ? otherwise : value;
  }
}
