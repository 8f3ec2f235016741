package training.fusion.api;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A field of {@link Optimizer} beside its type: which types have it, {@link OptimizerType} says.
 */
public enum Hyperparameter {
  LEARNING_RATE("learningRate", "lr", Optimizer::learningRate),
  WEIGHT_DECAY("weightDecay", "weight_decay", Optimizer::weightDecay),
  MOMENTUM(
      "momentum", "momentum", Optimizer::momentum, "; remove it, or use beta1 with Adam's family"),
  DAMPENING("dampening", "dampening", Optimizer::dampening),
  NESTEROV("nesterov", "nesterov", Optimizer::nesterov),
  BETA1("beta1", "betas[0]", Optimizer::beta1, "; with SGD use momentum"),
  BETA2("beta2", "betas[1]", Optimizer::beta2),
  EPSILON("epsilon", "eps", Optimizer::epsilon),
  MOMENTUM_DECAY("momentumDecay", "momentum_decay", Optimizer::momentumDecay),
  DECOUPLED_WEIGHT_DECAY(
      "decoupledWeightDecay", "decoupled_weight_decay", Optimizer::decoupledWeightDecay),
  AMSGRAD("amsgrad", "amsgrad", Optimizer::amsgrad),
  RHO("rho", "rho", Optimizer::rho),
  ALPHA("alpha", "alpha", Optimizer::alpha),
  CENTERED("centered", "centered", Optimizer::centered),
  LEARNING_RATE_DECAY("learningRateDecay", "lr_decay", Optimizer::learningRateDecay),
  INITIAL_ACCUMULATOR_VALUE(
      "initialAccumulatorValue", "initial_accumulator_value", Optimizer::initialAccumulatorValue),
  LAMBDA("lambda", "lambd", Optimizer::lambda),
  T0("t0", "t0", Optimizer::t0),
  MAX_GRAD_NORM("maxGradNorm", "max_grad_norm", Optimizer::maxGradNorm),
  TRUST_CLIP("trustClip", "trust_clip", Optimizer::trustClip),
  ALWAYS_ADAPT("alwaysAdapt", "always_adapt", Optimizer::alwaysAdapt),
  FROZEN_STATISTICS("frozenStatistics", "BatchNorm2d.eval()", Optimizer::frozenStatistics);

  private final String field;
  private final String torchName;

  @SuppressWarnings("ImmutableEnumChecker") // a record's accessor
  private final Function<Optimizer, @Nullable Object> value;

  private final String remedy;

  Hyperparameter(String field, String torchName, Function<Optimizer, @Nullable Object> value) {
    this(field, torchName, value, "; remove it");
  }

  Hyperparameter(
      String field, String torchName, Function<Optimizer, @Nullable Object> value, String remedy) {
    this.field = field;
    this.torchName = torchName;
    this.value = value;
    this.remedy = remedy;
  }

  /** The name in YAML. */
  @Override
  public String toString() {
    return field;
  }

  /** PyTorch's name, or timm's where PyTorch has no such thing. */
  public String torchName() {
    return torchName;
  }

  /** What an optimizer states; null: nothing. */
  public @Nullable Object of(Optimizer optimizer) {
    return value.apply(optimizer);
  }

  /** What to do about it with a type that has it not, as the end of a sentence. */
  public String remedy() {
    return remedy;
  }
}
