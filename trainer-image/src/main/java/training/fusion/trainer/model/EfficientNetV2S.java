package training.fusion.trainer.model;

import static training.fusion.trainer.model.Stage.Kind.CONV_NORM_ACTIVATION;
import static training.fusion.trainer.model.Stage.Kind.FUSED_MB_CONV;
import static training.fusion.trainer.model.Stage.Kind.MB_CONV;

import java.util.List;

/**
 * EfficientNetV2-S (Tan and Le 2021, arXiv 2104.00298, table 4) as torchvision's {@code
 * efficientnet_v2_s} has it; block b is its {@code features[b]}.
 */
final class EfficientNetV2S {
  /** The blocks, in order. */
  static final List<Stage> STAGES =
      List.of(
          new Stage(0, CONV_NORM_ACTIVATION, 1, 3, 2, 3, 24, 1),
          new Stage(1, FUSED_MB_CONV, 1, 3, 1, 24, 24, 2),
          new Stage(2, FUSED_MB_CONV, 4, 3, 2, 24, 48, 4),
          new Stage(3, FUSED_MB_CONV, 4, 3, 2, 48, 64, 4),
          new Stage(4, MB_CONV, 4, 3, 2, 64, 128, 6),
          new Stage(5, MB_CONV, 6, 3, 1, 128, 160, 9),
          new Stage(6, MB_CONV, 6, 3, 2, 160, 256, 15),
          new Stage(7, CONV_NORM_ACTIVATION, 1, 1, 1, 256, 1280, 1));

  /** torchvision's {@code norm_layer=partial(nn.BatchNorm2d, eps=1e-03)}. */
  static final double BATCH_NORM_EPSILON = 1e-3;

  /** PyTorch's default for {@code nn.BatchNorm2d}. */
  static final double BATCH_NORM_MOMENTUM = 0.1;

  /** torchvision's default for {@code efficientnet_v2_s}. */
  static final double DROPOUT = 0.2;

  /** torchvision's default; layer i of 40 has i/40 of it. */
  static final double STOCHASTIC_DEPTH = 0.2;

  private EfficientNetV2S() {}
}
