package training.fusion.trainer.model.vit;

import java.util.Map;
import training.fusion.api.Training.Precision;
import training.fusion.trainer.model.architecture.ArchitectureDefinition;
import training.fusion.trainer.model.architecture.ArchitectureProgram;
import training.fusion.trainer.model.architecture.ProgramSettings;
import training.fusion.trainer.model.architecture.Variant;
import training.fusion.trainer.model.architecture.Variant.Padding;

/**
 * The extents of a vision transformer (Dosovitskiy et al. 2021, arXiv 2010.11929, table 1); all of
 * its encoders are alike, and block b is torchvision's {@code encoder.layers.encoder_layer_b}. The
 * patches' projection, the class token and the position embedding belong to the first encoder, the
 * last norm to the last one.
 *
 * @param patch height and width of a patch, in pixels
 * @param width of a token
 * @param encoders how many
 * @param heads of the attention; each has width / heads features
 * @param hidden width between the two layers of an encoder's perceptron
 * @param start how the parameters begin
 * @param kept bytes that a forward pass keeps of a token in fp32: the attention's weights are not
 *     kept
 */
public record VisionTransformerTable(
    int patch, int width, int encoders, int heads, int hidden, Start start, double kept)
    implements ArchitectureDefinition {
  /** Whose initial values. */
  public enum Start {
    /** torchvision's, with a head of zeros. */
    TORCHVISION,
    /** timm's, as of DeiT (Touvron et al. 2021, arXiv 2012.12877). */
    TIMM
  }

  /** Patches along one side; pixels beyond the last whole patch are not looked at. */
  int grid(int imageSize) {
    return imageSize / patch;
  }

  @Override
  public ArchitectureProgram program(ProgramSettings settings) {
    return VisionTransformerProgram.build(this, settings);
  }

  @Override
  public String describe(int block) {
    if (block == encoders) {
      return "linear on the class token";
    }
    String encoder = "encoder, %d heads, %d → %d → %d".formatted(heads, width, hidden, width);
    if (block == 0) {
      return "patches %d×%d, ".formatted(patch, patch) + encoder;
    }
    return block == encoders - 1 ? encoder + ", layer norm" : encoder;
  }

  /** {@code norm_layer=partial(nn.LayerNorm, eps=1e-6)} in torchvision as in timm. */
  @Override
  public Variant variant() {
    return new Variant(1e-6, Padding.SYMMETRIC);
  }

  @Override
  public Map<String, Double> epsilons(Variant variant) {
    return Map.of("layerNorm", variant.epsilon());
  }

  /** In proportion to the tokens. In bf16 0.6 of it, because what norms keep stays fp32. */
  @Override
  public double activationBytes(int imageSize, Precision precision) {
    int grid = grid(imageSize);
    double fp32 = kept * (grid * grid + 1);
    return precision == Precision.BF16 ? 0.6 * fp32 : fp32;
  }
}
