package training.fusion.trainer.model.convnext;

import java.util.List;
import java.util.Map;
import training.fusion.api.Training.Precision;
import training.fusion.trainer.model.architecture.ArchitectureDefinition;
import training.fusion.trainer.model.architecture.ArchitectureProgram;
import training.fusion.trainer.model.architecture.ProgramSettings;
import training.fusion.trainer.model.architecture.Variant;
import training.fusion.trainer.model.architecture.Variant.Padding;

/**
 * A ConvNeXt (Liu et al. 2022, arXiv 2201.03545, section 3) as torchvision has it. Block 0 is the
 * stem, blocks 1–4 are the stages, each with the downsampling before it: torchvision's {@code
 * features[2b − 2]} and {@code features[2b − 1]}. The norm after the average pool belongs to the
 * head.
 *
 * @param widths channels of each stage
 * @param layers of each stage
 * @param kept MiB that a forward pass keeps of an image of 224 pixels in fp32
 */
public record ConvNextTable(List<Integer> widths, List<Integer> layers, double kept)
    implements ArchitectureDefinition {
  static final int PATCH = 4;

  public ConvNextTable {
    widths = List.copyOf(widths);
    layers = List.copyOf(layers);
  }

  @Override
  public ArchitectureProgram program(ProgramSettings settings) {
    return ConvNextProgram.build(this, settings);
  }

  @Override
  public String describe(int block) {
    if (block == 0) {
      return "patches %1$d×%1$d, 3 → %2$d channels, layer norm".formatted(PATCH, widths.get(0));
    }
    if (block > layers.size()) {
      return "average pool, layer norm, dropout, linear";
    }
    int width = widths.get(block - 1);
    return "%slayer ×%d, 7×7, %d → %d → %d"
        .formatted(
            block == 1 ? "" : "halved, %d → %d channels, ".formatted(widths.get(block - 2), width),
            layers.get(block - 1),
            width,
            4 * width,
            width);
  }

  /** {@code norm_layer=partial(LayerNorm2d, eps=1e-6)}. */
  @Override
  public Variant variant() {
    return new Variant(1e-6, Padding.SYMMETRIC);
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
