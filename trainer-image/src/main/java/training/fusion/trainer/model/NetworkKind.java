package training.fusion.trainer.model;

import org.jspecify.annotations.Nullable;
import training.fusion.api.Architecture;
import training.fusion.trainer.model.architecture.ArchitectureDefinition;

/**
 * Which network is trained: a row of the API, or somebody's own.
 *
 * @param label what people call it
 * @param architecture the row; null: it is somebody's own
 * @param definition what it consists of
 * @param blocks number of blocks, the head not counted; the head's number is this one
 * @param lastBoundary the last block that a level before the last one can end with
 * @param smallestBatch images that a pass in training mode needs
 */
public record NetworkKind(
    String label,
    @Nullable Architecture architecture,
    ArchitectureDefinition definition,
    int blocks,
    int lastBoundary,
    int smallestBatch) {
  /** A row of the API. */
  public static NetworkKind of(Architecture architecture) {
    return new NetworkKind(
        architecture.toString(),
        architecture,
        Architectures.of(architecture),
        architecture.blocks(),
        architecture.lastBoundary(),
        architecture.smallestBatch());
  }

  @Override
  public String toString() {
    return label;
  }
}
