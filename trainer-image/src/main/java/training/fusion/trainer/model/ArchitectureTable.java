package training.fusion.trainer.model;

import java.util.List;
import java.util.Map;
import training.fusion.api.Architecture;
import training.fusion.api.Training.Precision;

/** What an architecture consists of: blocks, parameters, buffers; known without a device. */
public final class ArchitectureTable {
  private static final int IMAGENET_SIZE = 224;

  private final ArchitectureDefinition definition;
  private final List<ParameterSpec> parameters;
  private final List<BufferSpec> buffers;

  ArchitectureTable(ArchitectureDefinition definition, ArchitectureProgram program) {
    this.definition = definition;
    this.parameters = program.parameters();
    this.buffers = program.buffers();
  }

  /** The table at the size of torchvision's own weights, 224 pixels. */
  public static ArchitectureTable of(Architecture architecture, int classes) {
    return of(architecture, classes, IMAGENET_SIZE);
  }

  /**
   * The table of an architecture with a head for {@code classes} classes.
   *
   * @param imageSize width and height of the network's input; a position embedding depends on it
   */
  public static ArchitectureTable of(Architecture architecture, int classes, int imageSize) {
    var definition = ArchitectureDefinition.of(architecture);
    var settings =
        new ProgramSettings(classes, imageSize, 0, 0, definition.variant(), Precision.FP32);
    return new ArchitectureTable(definition, definition.program(settings));
  }

  /** torchvision's dropout, for a configuration that states none. */
  public static double defaultDropout(Architecture architecture) {
    return ArchitectureDefinition.of(architecture).dropout();
  }

  /** torchvision's stochastic_depth_prob, for a configuration that states none. */
  public static double defaultStochasticDepth(Architecture architecture) {
    return ArchitectureDefinition.of(architecture).stochasticDepth();
  }

  /** torchvision's variant of an architecture. */
  public static Variant defaultVariant(Architecture architecture) {
    return ArchitectureDefinition.of(architecture).variant();
  }

  /** Images that a forward pass in training mode needs at least: two with batch norms. */
  public static int smallestBatch(Architecture architecture) {
    return ArchitectureDefinition.of(architecture).smallestBatch();
  }

  /** The variant's epsilons by the kind of their norm, such as {@code batchNorm}. */
  public Map<String, Double> epsilons(Variant variant) {
    return definition.epsilons(variant);
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
    return definition.blocks();
  }

  /** Trainable elements of a block; {@link #blocks()} asks for the head. */
  public long parametersIn(int block) {
    return parameters.stream().filter(p -> p.block() == block).mapToLong(ParameterSpec::size).sum();
  }

  /** A block in words; {@link #blocks()} asks for the head. */
  public String describe(int block) {
    return definition.describe(block);
  }
}
