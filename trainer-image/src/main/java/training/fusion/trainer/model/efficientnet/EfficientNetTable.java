package training.fusion.trainer.model.efficientnet;

import static training.fusion.trainer.model.efficientnet.Stage.Kind.CONV_NORM_ACTIVATION;
import static training.fusion.trainer.model.efficientnet.Stage.Kind.FUSED_MB_CONV;
import static training.fusion.trainer.model.efficientnet.Stage.Kind.MB_CONV;

import java.util.List;
import java.util.Map;
import training.fusion.api.Training.Precision;
import training.fusion.trainer.model.architecture.ArchitectureDefinition;
import training.fusion.trainer.model.architecture.ArchitectureProgram;
import training.fusion.trainer.model.architecture.ProgramSettings;
import training.fusion.trainer.model.architecture.Variant;
import training.fusion.trainer.model.architecture.Variant.Padding;

/**
 * An EfficientNetV2 (Tan and Le 2021, arXiv 2104.00298) as torchvision has it; block b is its
 * {@code features[b]}.
 *
 * @param stages its blocks, in order
 * @param kept MiB that a forward pass keeps of an image of 224 pixels in fp32
 */
public record EfficientNetTable(List<Stage> stages, double kept) implements ArchitectureDefinition {
  /** {@code efficientnet_v2_s}, the paper's table 4. */
  public static final EfficientNetTable V2_S =
      new EfficientNetTable(
          List.of(
              new Stage(CONV_NORM_ACTIVATION, 1, 3, 2, 3, 24, 1),
              new Stage(FUSED_MB_CONV, 1, 3, 1, 24, 24, 2),
              new Stage(FUSED_MB_CONV, 4, 3, 2, 24, 48, 4),
              new Stage(FUSED_MB_CONV, 4, 3, 2, 48, 64, 4),
              new Stage(MB_CONV, 4, 3, 2, 64, 128, 6),
              new Stage(MB_CONV, 6, 3, 1, 128, 160, 9),
              new Stage(MB_CONV, 6, 3, 2, 160, 256, 15),
              new Stage(CONV_NORM_ACTIVATION, 1, 1, 1, 256, 1280, 1)),
          157);

  /** {@code efficientnet_v2_m}. */
  public static final EfficientNetTable V2_M =
      new EfficientNetTable(
          List.of(
              new Stage(CONV_NORM_ACTIVATION, 1, 3, 2, 3, 24, 1),
              new Stage(FUSED_MB_CONV, 1, 3, 1, 24, 24, 3),
              new Stage(FUSED_MB_CONV, 4, 3, 2, 24, 48, 5),
              new Stage(FUSED_MB_CONV, 4, 3, 2, 48, 80, 5),
              new Stage(MB_CONV, 4, 3, 2, 80, 160, 7),
              new Stage(MB_CONV, 6, 3, 1, 160, 176, 14),
              new Stage(MB_CONV, 6, 3, 2, 176, 304, 18),
              new Stage(MB_CONV, 6, 3, 1, 304, 512, 5),
              new Stage(CONV_NORM_ACTIVATION, 1, 1, 1, 512, 1280, 1)),
          240);

  /** {@code efficientnet_v2_l}. */
  public static final EfficientNetTable V2_L =
      new EfficientNetTable(
          List.of(
              new Stage(CONV_NORM_ACTIVATION, 1, 3, 2, 3, 32, 1),
              new Stage(FUSED_MB_CONV, 1, 3, 1, 32, 32, 4),
              new Stage(FUSED_MB_CONV, 4, 3, 2, 32, 64, 7),
              new Stage(FUSED_MB_CONV, 4, 3, 2, 64, 96, 7),
              new Stage(MB_CONV, 4, 3, 2, 96, 192, 10),
              new Stage(MB_CONV, 6, 3, 1, 192, 224, 19),
              new Stage(MB_CONV, 6, 3, 2, 224, 384, 25),
              new Stage(MB_CONV, 6, 3, 1, 384, 640, 7),
              new Stage(CONV_NORM_ACTIVATION, 1, 1, 1, 640, 1280, 1)),
          445);

  @Override
  public ArchitectureProgram program(ProgramSettings settings) {
    return EfficientNetProgram.build(stages, settings);
  }

  @Override
  public String describe(int block) {
    return block == stages.size() ? "average pool, dropout, linear" : stages.get(block).describe();
  }

  /** torchvision's {@code norm_layer=partial(nn.BatchNorm2d, eps=1e-03)}. */
  @Override
  public Variant variant() {
    return new Variant(1e-3, Padding.SYMMETRIC);
  }

  @Override
  public Map<String, Double> epsilons(Variant variant) {
    return Map.of("batchNorm", variant.epsilon());
  }

  /** In proportion to the pixels; half of it in bf16. */
  @Override
  public double activationBytes(int imageSize, Precision precision) {
    double fp32 = kept * (1 << 20) * imageSize * imageSize / (224 * 224);
    return precision == Precision.BF16 ? fp32 / 2 : fp32;
  }
}
