package training.fusion.trainer.model;

import java.util.Map;
import training.fusion.api.Training.Precision;
import training.fusion.trainer.model.Variant.Padding;

/**
 * ViT-B/16 (Dosovitskiy et al. 2021, arXiv 2010.11929, table 1) as torchvision's {@code vit_b_16}
 * has it; block b is its {@code encoder.layers.encoder_layer_b}. The patches' projection, the class
 * token and the position embedding belong to the first encoder, the last norm to the last one.
 */
final class VisionTransformerB16 implements ArchitectureDefinition {
  private static final VisionTransformerTable TABLE =
      new VisionTransformerTable(16, 768, 12, 12, 3072);

  @Override
  public ArchitectureProgram program(ProgramSettings settings) {
    return VisionTransformerProgram.build(TABLE, settings);
  }

  @Override
  public int blocks() {
    return TABLE.encoders();
  }

  @Override
  public String describe(int block) {
    return TABLE.describe(block);
  }

  @Override
  public double dropout() {
    return 0;
  }

  @Override
  public double stochasticDepth() {
    return 0;
  }

  /** torchvision's {@code norm_layer=partial(nn.LayerNorm, eps=1e-6)}. */
  @Override
  public Variant variant() {
    return new Variant(1e-6, Padding.SYMMETRIC);
  }

  @Override
  public Map<String, Double> epsilons(Variant variant) {
    return Map.of("layerNorm", variant.epsilon());
  }

  /**
   * 138 MiB at 240 pixels in fp32, in proportion to the tokens: the attention's weights are not
   * kept. In bf16 0.6 of it, because what norms keep stays fp32.
   */
  @Override
  public double activationBytes(int imageSize, Precision precision) {
    int grid = TABLE.grid(imageSize);
    double fp32 = 138.0 * (1 << 20) * (grid * grid + 1) / 226;
    return precision == Precision.BF16 ? 0.6 * fp32 : fp32;
  }

  @Override
  public int smallestBatch() {
    return 1;
  }
}
