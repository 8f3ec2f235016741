package training.fusion.trainer.model.resnet;

import java.util.List;
import java.util.Map;
import training.fusion.api.Training.Precision;
import training.fusion.trainer.model.architecture.ArchitectureDefinition;
import training.fusion.trainer.model.architecture.ArchitectureProgram;
import training.fusion.trainer.model.architecture.ProgramSettings;
import training.fusion.trainer.model.architecture.Variant;
import training.fusion.trainer.model.architecture.Variant.Padding;

/**
 * A ResNet (He et al. 2016, arXiv 1512.03385, table 1) as torchvision has it, with a bottleneck's
 * stride in its 3×3 convolution. Block 0 is the stem, block b is torchvision's {@code layerb}.
 *
 * @param residual of what kind its residual blocks are
 * @param repeats how many residual blocks each of its four layers has
 * @param kept MiB that a forward pass keeps of an image of 224 pixels in fp32
 */
public record ResNetTable(Residual residual, List<Integer> repeats, double kept)
    implements ArchitectureDefinition {
  /** A residual block, by torchvision's name. */
  public enum Residual {
    /** Two 3×3 convolutions. */
    BASIC("BasicBlock", 1),
    /** 1×1, 3×3 and 1×1, four times as wide at its end. */
    BOTTLENECK("Bottleneck", 4);

    private final String label;
    private final int expansion;

    Residual(String label, int expansion) {
      this.label = label;
      this.expansion = expansion;
    }
  }

  static final int STEM = 64;

  public ResNetTable {
    repeats = List.copyOf(repeats);
  }

  /** Width of a layer's 3×3 convolutions; the first layer is 1. */
  static int width(int layer) {
    return STEM << (layer - 1);
  }

  /** Channels that a layer gives. */
  int channels(int layer) {
    return layer == 0 ? STEM : width(layer) * residual.expansion;
  }

  /** Stride of a layer's first residual block. */
  static int stride(int layer) {
    return layer == 1 ? 1 : 2;
  }

  @Override
  public ArchitectureProgram program(ProgramSettings settings) {
    return ResNetProgram.build(this, settings);
  }

  @Override
  public String describe(int block) {
    if (block == 0) {
      return "7×7, stride 2, 3 → %d channels; max pool".formatted(STEM);
    }
    return block > repeats.size()
        ? "average pool, dropout, linear"
        : "%s ×%d, stride %d, %d → %d channels"
            .formatted(
                residual.label,
                repeats.get(block - 1),
                stride(block),
                channels(block - 1),
                channels(block));
  }

  /** PyTorch's default for {@code nn.BatchNorm2d}. */
  @Override
  public Variant variant() {
    return new Variant(1e-5, Padding.SYMMETRIC);
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
