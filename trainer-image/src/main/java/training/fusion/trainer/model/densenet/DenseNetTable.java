package training.fusion.trainer.model.densenet;

import java.util.List;
import java.util.Map;
import training.fusion.api.Training.Precision;
import training.fusion.trainer.model.architecture.ArchitectureDefinition;
import training.fusion.trainer.model.architecture.ArchitectureProgram;
import training.fusion.trainer.model.architecture.ProgramSettings;
import training.fusion.trainer.model.architecture.Variant;
import training.fusion.trainer.model.architecture.Variant.Padding;

/**
 * A DenseNet-BC (Huang et al. 2017, arXiv 1608.06993, table 1) as torchvision has it. Block 0 is
 * the stem; the odd ones are its dense blocks, the even ones the transitions between them; the last
 * norm belongs to the last dense block.
 *
 * @param stem channels of the first convolution
 * @param growth channels that each layer adds
 * @param layers of each dense block
 * @param kept MiB that a forward pass keeps of an image of 224 pixels in fp32
 */
public record DenseNetTable(int stem, int growth, List<Integer> layers, double kept)
    implements ArchitectureDefinition {
  public DenseNetTable {
    layers = List.copyOf(layers);
  }

  /** Channels that a dense block takes; the first is 1. */
  int before(int denseBlock) {
    return denseBlock == 1 ? stem : after(denseBlock - 1) / 2;
  }

  /** Channels that a dense block gives; a transition halves them. */
  int after(int denseBlock) {
    return before(denseBlock) + growth * layers.get(denseBlock - 1);
  }

  /** The block's number in the training's numbering. */
  static int block(int denseBlock) {
    return 2 * denseBlock - 1;
  }

  @Override
  public ArchitectureProgram program(ProgramSettings settings) {
    return DenseNetProgram.build(this, settings);
  }

  @Override
  public String describe(int block) {
    if (block == 0) {
      return "7×7, stride 2, 3 → %d channels; max pool".formatted(stem);
    }
    int dense = (block + 1) / 2;
    if (block > block(layers.size())) {
      return "average pool, dropout, linear";
    }
    return block == block(dense)
        ? "dense layer ×%d, %d → %d channels%s"
            .formatted(
                layers.get(dense - 1),
                before(dense),
                after(dense),
                dense == layers.size() ? ", norm" : "")
        : "transition, 1×1, %d → %d channels; average pool"
            .formatted(after(dense), before(dense + 1));
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
