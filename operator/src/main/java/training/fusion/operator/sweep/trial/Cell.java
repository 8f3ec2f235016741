package training.fusion.operator.sweep.trial;

import org.jspecify.annotations.Nullable;
import training.fusion.api.Architecture;
import training.fusion.api.Optimization;

/**
 * Where a trial stands in its sweep's matrix. Cells that differ in the seed alone are one group.
 *
 * @param arm name of the matrix' arm
 * @param architecture null: somebody's own network
 * @param dataset name of the matrix' data set
 * @param optimization as the user wrote it, without defaults
 * @param seed the trial's {@code training.seed}
 */
public record Cell(
    String arm,
    @Nullable Architecture architecture,
    String dataset,
    Optimization optimization,
    int seed) {
  /** Of the network: its name, or of somebody's own the arm's. */
  public String network() {
    return architecture == null ? arm : architecture.toString();
  }
}
