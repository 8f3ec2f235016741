package training.fusion.trainer.model.swin;

import java.util.List;
import java.util.Map;
import training.fusion.api.Training.Precision;
import training.fusion.trainer.model.architecture.ArchitectureDefinition;
import training.fusion.trainer.model.architecture.ArchitectureProgram;
import training.fusion.trainer.model.architecture.ProgramSettings;
import training.fusion.trainer.model.architecture.Variant;
import training.fusion.trainer.model.architecture.Variant.Padding;

/**
 * A Swin transformer (Liu et al. 2021, arXiv 2103.14030, section 3.3) as torchvision has it. Block
 * 0 are the patches, blocks 1–4 the stages, each with the merging of patches before it:
 * torchvision's {@code features[2b − 2]} and {@code features[2b − 1]}; the last norm belongs to the
 * last stage.
 *
 * @param width of a token in the first stage; it doubles from stage to stage
 * @param layers of each stage
 * @param heads of each stage's attention
 * @param window height and width of a window, in tokens
 * @param kept MiB that a forward pass keeps of an image of 224 pixels in fp32
 */
public record SwinTable(
    int width, List<Integer> layers, List<Integer> heads, int window, double kept)
    implements ArchitectureDefinition {
  static final int PATCH = 4;

  public SwinTable {
    layers = List.copyOf(layers);
    heads = List.copyOf(heads);
  }

  /** Width of a token in a stage; the first stage is 1. */
  int width(int stage) {
    return width << (stage - 1);
  }

  @Override
  public ArchitectureProgram program(ProgramSettings settings) {
    return SwinProgram.build(this, settings);
  }

  @Override
  public String describe(int block) {
    if (block == 0) {
      return "patches %1$d×%1$d, 3 → %2$d, layer norm".formatted(PATCH, width);
    }
    if (block > layers.size()) {
      return "average pool, dropout, linear";
    }
    return "%slayer ×%d, windows %d×%d, %d heads, %d wide%s"
        .formatted(
            block == 1 ? "" : "merged, ",
            layers.get(block - 1),
            window,
            window,
            heads.get(block - 1),
            width(block),
            block == layers.size() ? ", norm" : "");
  }

  /** {@code norm_layer=partial(nn.LayerNorm, eps=1e-5)}. */
  @Override
  public Variant variant() {
    return new Variant(1e-5, Padding.SYMMETRIC);
  }

  @Override
  public Map<String, Double> epsilons(Variant variant) {
    return Map.of("layerNorm", variant.epsilon());
  }

  /** In proportion to the pixels. In bf16 0.6 of it, because what norms keep stays fp32. */
  @Override
  public double activationBytes(int imageSize, Precision precision) {
    double fp32 = kept * (1 << 20) * imageSize * imageSize / (224 * 224);
    return precision == Precision.BF16 ? 0.6 * fp32 : fp32;
  }
}
