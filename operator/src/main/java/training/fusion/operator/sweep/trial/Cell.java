package training.fusion.operator.sweep.trial;

import training.fusion.api.Architecture;
import training.fusion.api.Optimization;

/**
 * Where a trial stands in its sweep's matrix. Cells that differ in the seed alone are one group.
 *
 * @param arm name of the matrix' arm
 * @param dataset name of the matrix' data set
 * @param optimization as the user wrote it, without defaults
 * @param seed the trial's {@code training.seed}
 */
public record Cell(
    String arm, Architecture architecture, String dataset, Optimization optimization, int seed) {}
