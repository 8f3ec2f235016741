package training.fusion.trainer.model;

import java.util.Map;
import training.fusion.api.Architecture;
import training.fusion.api.Training.Precision;

/**
 * An architecture: a table of blocks and what turns it into a program. A further one is one more
 * class of this kind, named in {@link #of}; nothing else knows architectures by name.
 */
interface ArchitectureDefinition {
  /** The definition behind a name of the API. */
  static ArchitectureDefinition of(Architecture architecture) {
    return switch (architecture) {
      case EFFICIENTNET_V2_S -> new EfficientNetV2S();
      case VIT_B_16 -> new VisionTransformerB16();
    };
  }

  /** Parameters, buffers and statements for these settings. */
  ArchitectureProgram program(ProgramSettings settings);

  /** Number of blocks, the head not counted. */
  int blocks();

  /** A block in words; {@link #blocks()} asks for the head. */
  String describe(int block);

  /** torchvision's dropout, for a configuration that states none. */
  double dropout();

  /** torchvision's stochastic_depth_prob, for a configuration that states none. */
  double stochasticDepth();

  /** torchvision's variant, for weights that come from nowhere else. */
  Variant variant();

  /** The variant's epsilons by the kind of their norm: batchNorm, layerNorm. */
  Map<String, Double> epsilons(Variant variant);

  /** Bytes that a forward pass keeps of an image for the backward pass, as measured. */
  double activationBytes(int imageSize, Precision precision);

  /** Images that a forward pass in training mode needs at least. */
  int smallestBatch();
}
