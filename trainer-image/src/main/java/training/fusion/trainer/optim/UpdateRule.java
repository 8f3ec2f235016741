package training.fusion.trainer.optim;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Map;
import training.fusion.api.Optimization;
import training.fusion.api.Optimizer;

/**
 * How a list of parameters moves in one step: what it keeps for each of them, and a TorchScript
 * method that moves all of them at once and in place. Rates and bias corrections are numbers that
 * Java computes in fp64, as {@code torch.optim} does in Python.
 */
public sealed interface UpdateRule
    permits UpdateRule.OnHost, LambRule, MasRule, SwatsRule, UpdateRule.Frozen {

  /** One rule for all parameters, if the strategy is such. */
  static UpdateRule ofAll(Optimization strategy) {
    if (strategy.single() != null) {
      return of(strategy.single().optimizer());
    }
    if (strategy.swats() != null) {
      return SwatsRule.of(strategy.swats());
    }
    if (strategy.mas() != null) {
      return MasRule.of(strategy.mas());
    }
    throw new IllegalArgumentException(
        "optimization needs one of fusion, levels, single, swats, mas");
  }

  /** The rule of {@code torch.optim} with every default filled in. */
  static UpdateRule of(Optimizer optimizer) {
    Optimizer resolved = optimizer.resolved();
    return switch (optimizer.type()) {
      case SGD -> SgdRule.of(resolved);
      case ADAM, ADAMW -> AdamRule.of(resolved);
      case RADAM -> RAdamRule.of(resolved);
      case NADAM -> NAdamRule.of(resolved);
      case ADAMAX -> AdamaxRule.of(resolved);
      case ADADELTA -> AdadeltaRule.of(resolved);
      case ADAGRAD -> AdagradRule.of(resolved);
      case RMSPROP, RMSPROP_TF -> RmspropRule.of(resolved);
      case ASGD -> AsgdRule.of(resolved);
      case LION -> LionRule.of(resolved);
      case LAMB -> LambRule.of(resolved);
      case NONE -> new Frozen(requireNonNull(resolved.frozenStatistics()));
    };
  }

  /** Its name, for people. */
  String label();

  /** Step size at the peak of the schedule. */
  double learningRate();

  /** Added to the gradient as a multiple of the parameter, or taken off the parameter itself. */
  double weightDecay();

  /** PyTorch's names of what is kept for each parameter, such as {@code exp_avg}. */
  List<String> slots();

  /** What a slot's elements are before the first step. */
  default double initially(String slot) {
    return 0;
  }

  /** fp64 numbers that the rule keeps on the device for all parameters together. */
  default int scalars() {
    return 0;
  }

  /** Whether the step of one parameter depends on the gradients of all in its group. */
  default boolean looksAtAll() {
    return false;
  }

  /**
   * The statements of one step, indented by four. At hand are {@code params}, {@code grads} and a
   * list for each of {@link #slots}, all in one order; {@code decaying}, the parameters at the
   * front that have weight decay; {@code finite}, {@code scalars}; {@link #numbers}, each under its
   * name. What is changed in place must be one of these lists: libtorch takes a slice or a list
   * that the program makes for a copy, and leaves the change out.
   */
  String statements(Mask mask);

  /**
   * The numbers of a step.
   *
   * @param peakShare what the schedule multiplies the learning rate by
   * @param step from 1
   */
  Map<String, Double> numbers(double peakShare, long step);

  /** A rule whose step is element by element, so that a host can do it in one pass. */
  sealed interface OnHost extends UpdateRule
      permits SgdRule,
          AdamRule,
          RAdamRule,
          NAdamRule,
          AdamaxRule,
          AdadeltaRule,
          AdagradRule,
          RmspropRule,
          AsgdRule,
          LionRule {
    /** Of any rule. */
    int MOST_SLOTS = 3;

    /**
     * A step.
     *
     * @param weightDecay of the elements: the rule's own, or 0
     */
    Kernel kernel(double peakShare, long step, double weightDecay);
  }

  /**
   * Not updated.
   *
   * @param withStatistics whether batch norms keep to the statistics that they have, too
   */
  record Frozen(boolean withStatistics) implements UpdateRule {
    @Override
    public String label() {
      return "None";
    }

    @Override
    public double learningRate() {
      return 0;
    }

    @Override
    public double weightDecay() {
      return 0;
    }

    @Override
    public List<String> slots() {
      return List.of();
    }

    @Override
    public String statements(Mask mask) {
      return "";
    }

    @Override
    public Map<String, Double> numbers(double peakShare, long step) {
      return Map.of();
    }
  }
}
