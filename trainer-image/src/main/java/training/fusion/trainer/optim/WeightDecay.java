package training.fusion.trainer.optim;

import java.util.List;
import java.util.function.Predicate;
import training.fusion.api.Training.WeightDecayOn;
import training.fusion.trainer.model.architecture.ParameterSpec;

/** Which parameters weight decay acts on. */
final class WeightDecay {
  /**
   * What timm leaves out beside vectors, by torchvision's names; a layer's scale is a vector there.
   */
  private static final List<String> LEFT_OUT =
      List.of("class_token", "pos_embedding", "relative_position_bias_table", "layer_scale");

  private WeightDecay() {}

  /**
   * Whether a parameter decays. {@code NoNormAndBias} leaves out all that is one-dimensional (the
   * weights and biases of norms, every other bias) and, as timm's {@code no_weight_decay} and
   * torchvision's {@code transformer_embedding_decay} do, the class token and position embedding of
   * a ViT, Swin's table of relative positions, and ConvNeXt's scales.
   */
  static Predicate<ParameterSpec> of(WeightDecayOn on) {
    return switch (on) {
      case ALL -> parameter -> true;
      case NO_NORM_AND_BIAS ->
          parameter ->
              parameter.shape().dimension() > 1
                  && LEFT_OUT.stream().noneMatch(parameter.name()::endsWith);
    };
  }
}
