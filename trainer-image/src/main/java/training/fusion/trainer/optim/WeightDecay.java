package training.fusion.trainer.optim;

import java.util.function.Predicate;
import training.fusion.api.Training.WeightDecayOn;
import training.fusion.trainer.model.ParameterSpec;

/** Which parameters weight decay acts on. */
final class WeightDecay {
  private WeightDecay() {}

  /**
   * Whether a parameter decays. {@code NoNormAndBias} leaves out all that is one-dimensional (the
   * weights and biases of norms, every other bias) and, as timm's {@code no_weight_decay} and
   * torchvision's {@code transformer_embedding_decay} do, ViT's class token and position embedding.
   */
  static Predicate<ParameterSpec> of(WeightDecayOn on) {
    return switch (on) {
      case ALL -> parameter -> true;
      case NO_NORM_AND_BIAS ->
          parameter ->
              parameter.shape().dimension() > 1
                  && !parameter.name().endsWith("class_token")
                  && !parameter.name().endsWith("pos_embedding");
    };
  }
}
