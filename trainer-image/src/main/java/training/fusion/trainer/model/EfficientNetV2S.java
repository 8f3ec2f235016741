package training.fusion.trainer.model;

import static training.fusion.trainer.model.Stage.Kind.CONV_NORM_ACTIVATION;
import static training.fusion.trainer.model.Stage.Kind.FUSED_MB_CONV;
import static training.fusion.trainer.model.Stage.Kind.MB_CONV;

import java.util.List;
import java.util.Map;
import training.fusion.api.Training.Precision;
import training.fusion.trainer.model.Variant.Padding;

/**
 * EfficientNetV2-S (Tan and Le 2021, arXiv 2104.00298, table 4) as torchvision's {@code
 * efficientnet_v2_s} has it; block b is its {@code features[b]}.
 */
final class EfficientNetV2S implements ArchitectureDefinition {
  /** The blocks, in order. */
  private static final List<Stage> STAGES =
      List.of(
          new Stage(0, CONV_NORM_ACTIVATION, 1, 3, 2, 3, 24, 1),
          new Stage(1, FUSED_MB_CONV, 1, 3, 1, 24, 24, 2),
          new Stage(2, FUSED_MB_CONV, 4, 3, 2, 24, 48, 4),
          new Stage(3, FUSED_MB_CONV, 4, 3, 2, 48, 64, 4),
          new Stage(4, MB_CONV, 4, 3, 2, 64, 128, 6),
          new Stage(5, MB_CONV, 6, 3, 1, 128, 160, 9),
          new Stage(6, MB_CONV, 6, 3, 2, 160, 256, 15),
          new Stage(7, CONV_NORM_ACTIVATION, 1, 1, 1, 256, 1280, 1));

  @Override
  public ArchitectureProgram program(ProgramSettings settings) {
    return EfficientNetProgram.build(STAGES, settings);
  }

  @Override
  public int blocks() {
    return STAGES.size();
  }

  @Override
  public String describe(int block) {
    return block == blocks() ? "average pool, dropout, linear" : STAGES.get(block).describe();
  }

  @Override
  public double dropout() {
    return 0.2;
  }

  /** Layer i of 40 has i/40 of it. */
  @Override
  public double stochasticDepth() {
    return 0.2;
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

  /** 186 MiB at 244 pixels in fp32, half of it in bf16; in proportion to the pixels. */
  @Override
  public double activationBytes(int imageSize, Precision precision) {
    double fp32 = 186.0 * (1 << 20) * imageSize * imageSize / (244 * 244);
    return precision == Precision.BF16 ? fp32 / 2 : fp32;
  }

  /** Batch norm needs two images to have a variance where an image is a single pixel. */
  @Override
  public int smallestBatch() {
    return 2;
  }
}
