package training.fusion.trainer.model;

import java.util.List;
import training.fusion.api.Architecture;

/** What an architecture consists of: blocks, parameters, buffers; known without a device. */
public final class ArchitectureTable {
  private static final int ANY_IMAGE_SIZE = 224; // no parameter's shape depends on it

  private final List<Stage> stages;
  private final List<ParameterSpec> parameters;
  private final List<BufferSpec> buffers;

  private ArchitectureTable(List<Stage> stages, EfficientNetProgram program) {
    this.stages = stages;
    this.parameters = program.parameters();
    this.buffers = program.buffers();
  }

  /**
   * The table of an architecture with a head for {@code classes} classes.
   *
   * @throws IllegalArgumentException for an architecture that has no table yet
   */
  public static ArchitectureTable of(Architecture architecture, int classes) {
    return switch (architecture) {
      case EFFICIENTNET_V2_S ->
          new ArchitectureTable(
              EfficientNetV2S.STAGES,
              EfficientNetProgram.build(EfficientNetV2S.STAGES, ANY_IMAGE_SIZE, classes, 0, 0));
      case VIT_B_16 ->
          throw new IllegalArgumentException("model.architecture: ViT-B-16 is not supported yet");
    };
  }

  /** dropout of torchvision's model, for a configuration that states none. */
  public static double defaultDropout(Architecture architecture) {
    return architecture == Architecture.EFFICIENTNET_V2_S ? EfficientNetV2S.DROPOUT : 0;
  }

  /** stochastic_depth_prob of torchvision's model, for a configuration that states none. */
  public static double defaultStochasticDepth(Architecture architecture) {
    return architecture == Architecture.EFFICIENTNET_V2_S ? EfficientNetV2S.STOCHASTIC_DEPTH : 0;
  }

  /** Added to the variance by every batch norm; no tensor tells it. */
  public double batchNormEpsilon() {
    return EfficientNetV2S.BATCH_NORM_EPSILON;
  }

  /** Trainable tensors in torchvision's order. */
  public List<ParameterSpec> parameters() {
    return parameters;
  }

  /** Buffers in torchvision's order. */
  public List<BufferSpec> buffers() {
    return buffers;
  }

  /** Number of blocks, the head not counted; the head's number is this one. */
  public int blocks() {
    return stages.size();
  }

  /** Trainable elements of a block; {@link #blocks()} asks for the head. */
  public long parametersIn(int block) {
    return parameters.stream().filter(p -> p.block() == block).mapToLong(ParameterSpec::size).sum();
  }

  /** A block in words; {@link #blocks()} asks for the head. */
  public String describe(int block) {
    return block == blocks() ? "average pool, dropout, linear" : stages.get(block).describe();
  }
}
