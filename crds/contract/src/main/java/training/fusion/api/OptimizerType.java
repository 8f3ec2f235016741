package training.fusion.api;

import static java.util.Map.entry;
import static training.fusion.api.Hyperparameter.ALPHA;
import static training.fusion.api.Hyperparameter.ALWAYS_ADAPT;
import static training.fusion.api.Hyperparameter.AMSGRAD;
import static training.fusion.api.Hyperparameter.BETA1;
import static training.fusion.api.Hyperparameter.BETA2;
import static training.fusion.api.Hyperparameter.CENTERED;
import static training.fusion.api.Hyperparameter.DAMPENING;
import static training.fusion.api.Hyperparameter.DECOUPLED_WEIGHT_DECAY;
import static training.fusion.api.Hyperparameter.EPSILON;
import static training.fusion.api.Hyperparameter.FROZEN_STATISTICS;
import static training.fusion.api.Hyperparameter.INITIAL_ACCUMULATOR_VALUE;
import static training.fusion.api.Hyperparameter.LAMBDA;
import static training.fusion.api.Hyperparameter.LEARNING_RATE;
import static training.fusion.api.Hyperparameter.LEARNING_RATE_DECAY;
import static training.fusion.api.Hyperparameter.MAX_GRAD_NORM;
import static training.fusion.api.Hyperparameter.MOMENTUM;
import static training.fusion.api.Hyperparameter.MOMENTUM_DECAY;
import static training.fusion.api.Hyperparameter.NESTEROV;
import static training.fusion.api.Hyperparameter.RHO;
import static training.fusion.api.Hyperparameter.T0;
import static training.fusion.api.Hyperparameter.TRUST_CLIP;
import static training.fusion.api.Hyperparameter.WEIGHT_DECAY;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/**
 * The update rules, a row each: which fields of {@link Optimizer} a type has, and the values that
 * they take where they are absent: those of PyTorch 2.3.1, and of timm 1.0.31. They are no schema
 * defaults, because a default written into every object would be a field that most types refuse.
 */
public enum OptimizerType {
  SGD(
      "SGD",
      "torch.optim.SGD",
      entry(LEARNING_RATE, 1e-3),
      entry(WEIGHT_DECAY, 0.0),
      entry(MOMENTUM, 0.0),
      entry(DAMPENING, 0.0),
      entry(NESTEROV, false)),
  ADAM(
      "Adam",
      "torch.optim.Adam",
      entry(LEARNING_RATE, 1e-3),
      entry(WEIGHT_DECAY, 0.0),
      entry(BETA1, 0.9),
      entry(BETA2, 0.999),
      entry(EPSILON, 1e-8),
      entry(AMSGRAD, false)),
  ADAMW(
      "AdamW",
      "torch.optim.AdamW",
      entry(LEARNING_RATE, 1e-3),
      entry(WEIGHT_DECAY, 1e-2),
      entry(BETA1, 0.9),
      entry(BETA2, 0.999),
      entry(EPSILON, 1e-8),
      entry(AMSGRAD, false)),
  RADAM(
      "RAdam",
      "torch.optim.RAdam",
      entry(LEARNING_RATE, 1e-3),
      entry(WEIGHT_DECAY, 0.0),
      entry(BETA1, 0.9),
      entry(BETA2, 0.999),
      entry(EPSILON, 1e-8),
      entry(DECOUPLED_WEIGHT_DECAY, false)),
  NADAM(
      "NAdam",
      "torch.optim.NAdam",
      entry(LEARNING_RATE, 2e-3),
      entry(WEIGHT_DECAY, 0.0),
      entry(BETA1, 0.9),
      entry(BETA2, 0.999),
      entry(EPSILON, 1e-8),
      entry(MOMENTUM_DECAY, 4e-3),
      entry(DECOUPLED_WEIGHT_DECAY, false)),
  ADAMAX(
      "Adamax",
      "torch.optim.Adamax",
      entry(LEARNING_RATE, 2e-3),
      entry(WEIGHT_DECAY, 0.0),
      entry(BETA1, 0.9),
      entry(BETA2, 0.999),
      entry(EPSILON, 1e-8)),
  ADADELTA(
      "Adadelta",
      "torch.optim.Adadelta",
      entry(LEARNING_RATE, 1.0),
      entry(WEIGHT_DECAY, 0.0),
      entry(RHO, 0.9),
      entry(EPSILON, 1e-6)),
  ADAGRAD(
      "Adagrad",
      "torch.optim.Adagrad",
      entry(LEARNING_RATE, 1e-2),
      entry(WEIGHT_DECAY, 0.0),
      entry(LEARNING_RATE_DECAY, 0.0),
      entry(INITIAL_ACCUMULATOR_VALUE, 0.0),
      entry(EPSILON, 1e-10)),
  RMSPROP(
      "RMSprop",
      "torch.optim.RMSprop",
      entry(LEARNING_RATE, 1e-2),
      entry(WEIGHT_DECAY, 0.0),
      entry(ALPHA, 0.99),
      entry(EPSILON, 1e-8),
      entry(MOMENTUM, 0.0),
      entry(CENTERED, false)),
  RMSPROP_TF(
      "RMSpropTF",
      "timm.optim.RMSpropTF",
      entry(LEARNING_RATE, 1e-2),
      entry(WEIGHT_DECAY, 0.0),
      entry(ALPHA, 0.9),
      entry(EPSILON, 1e-10),
      entry(MOMENTUM, 0.0),
      entry(CENTERED, false)),
  ASGD(
      "ASGD",
      "torch.optim.ASGD",
      entry(LEARNING_RATE, 1e-2),
      entry(WEIGHT_DECAY, 0.0),
      entry(LAMBDA, 1e-4),
      entry(ALPHA, 0.75),
      entry(T0, 1e6)),
  LION(
      "Lion",
      "timm.optim.Lion",
      entry(LEARNING_RATE, 1e-4),
      entry(WEIGHT_DECAY, 0.0),
      entry(BETA1, 0.9),
      entry(BETA2, 0.99)),
  LAMB(
      "LAMB",
      "timm.optim.Lamb",
      entry(LEARNING_RATE, 1e-3),
      entry(WEIGHT_DECAY, 1e-2),
      entry(BETA1, 0.9),
      entry(BETA2, 0.999),
      entry(EPSILON, 1e-6),
      entry(MAX_GRAD_NORM, 1.0),
      entry(TRUST_CLIP, false),
      entry(ALWAYS_ADAPT, false)),
  /** Frozen: no update. */
  NONE("None", "requires_grad_(False)", entry(FROZEN_STATISTICS, false));

  private final String label;
  private final String source;

  @SuppressWarnings("ImmutableEnumChecker") // it is unmodifiable
  private final Map<Hyperparameter, Object> defaults;

  @SafeVarargs
  OptimizerType(
      String label, String source, Map.Entry<Hyperparameter, ? extends Object>... defaults) {
    this.label = label;
    this.source = source;
    var values = new EnumMap<Hyperparameter, Object>(Hyperparameter.class);
    for (var entry : defaults) {
      values.put(entry.getKey(), entry.getValue());
    }
    this.defaults = Collections.unmodifiableMap(values);
  }

  /** The name in YAML. */
  @Override
  @JsonValue
  public String toString() {
    return label;
  }

  /** The class whose semantics it has; of {@link #NONE} the call. */
  public String source() {
    return source;
  }

  /** The fields that it has, in the order of {@link Hyperparameter}, and their defaults. */
  public Map<Hyperparameter, Object> defaults() {
    return defaults;
  }

  /** The default of a field that it has, and that is a number. */
  public double number(Hyperparameter field) {
    if (defaults.get(field) instanceof Double number) {
      return number;
    }
    throw new IllegalArgumentException(label + " has no number " + field);
  }
}
