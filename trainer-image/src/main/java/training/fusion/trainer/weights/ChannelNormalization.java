package training.fusion.trainer.weights;

import java.util.List;
import org.jspecify.annotations.Nullable;
import training.fusion.api.Dataset;

/**
 * What is taken from a pixel, and what it is divided by: of red, green and blue, of values in 0..1.
 */
public record ChannelNormalization(List<Double> mean, List<Double> std) {
  /** torchvision's, and of most that is trained on ImageNet: DeiT, DINO, MAE. */
  static final ChannelNormalization IMAGENET =
      new ChannelNormalization(List.of(0.485, 0.456, 0.406), List.of(0.229, 0.224, 0.225));

  /** To −1..1: Google's, as timm's augreg ViTs and its tf_ networks, and transformers' default. */
  static final ChannelNormalization HALF =
      new ChannelNormalization(List.of(0.5, 0.5, 0.5), List.of(0.5, 0.5, 0.5));

  /** OpenAI's, as in timm's OPENAI_CLIP_MEAN and OPENAI_CLIP_STD. */
  static final ChannelNormalization CLIP =
      new ChannelNormalization(
          List.of(0.48145466, 0.4578275, 0.40821073), List.of(0.26862954, 0.26130258, 0.27577711));

  public ChannelNormalization {
    mean = List.copyOf(mean);
    std = List.copyOf(std);
    if (mean.size() != 3
        || std.size() != 3
        || !mean.stream().allMatch(Double::isFinite)
        || !std.stream().allMatch(value -> value > 0 && value < Double.MAX_VALUE)) {
      throw new IllegalArgumentException("mean and std are not three numbers each");
    }
  }

  /** What a training asks for; null where it leaves that to the weights. */
  public static @Nullable ChannelNormalization asked(Dataset.@Nullable Normalization asked) {
    if (asked == null) {
      return null;
    }
    if (asked.mean() != null && asked.std() != null) {
      return new ChannelNormalization(asked.mean(), asked.std());
    }
    if (asked.preset() == null) {
      return null;
    }
    return switch (asked.preset()) {
      case AUTO -> null;
      case IMAGENET -> IMAGENET;
      case HALF -> HALF;
      case CLIP -> CLIP;
    };
  }
}
