package training.fusion.trainer.model;

import java.util.List;
import java.util.Map;
import training.fusion.api.Architecture;
import training.fusion.api.Training.Precision;
import training.fusion.trainer.model.architecture.ArchitectureDefinition;
import training.fusion.trainer.model.architecture.ArchitectureProgram;
import training.fusion.trainer.model.architecture.BufferSpec;
import training.fusion.trainer.model.architecture.ParameterSpec;
import training.fusion.trainer.model.architecture.ProgramSettings;
import training.fusion.trainer.model.architecture.Variant;

/** What an architecture consists of: blocks, parameters, buffers; known without a device. */
public final class ArchitectureTable {
  private static final int IMAGENET_SIZE = 224;

  private final NetworkKind kind;
  private final ArchitectureDefinition definition;
  private final List<ParameterSpec> parameters;
  private final List<BufferSpec> buffers;

  ArchitectureTable(NetworkKind kind, ArchitectureProgram program) {
    this.kind = kind;
    this.definition = kind.definition();
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
    return of(NetworkKind.of(architecture), classes, imageSize);
  }

  /** The table of any network: of somebody's own the head is what it is. */
  public static ArchitectureTable of(NetworkKind kind, int classes, int imageSize) {
    var definition = kind.definition();
    var settings =
        new ProgramSettings(classes, imageSize, 0, 0, definition.variant(), Precision.FP32);
    return new ArchitectureTable(kind, definition.program(settings));
  }

  /** torchvision's variant of an architecture. */
  public static Variant defaultVariant(Architecture architecture) {
    return Architectures.of(architecture).variant();
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
    return kind.blocks();
  }

  /** The last block that a level before the last one can end with. */
  public int lastBoundary() {
    return kind.lastBoundary();
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
