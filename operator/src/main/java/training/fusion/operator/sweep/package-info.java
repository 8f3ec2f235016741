/**
 * Sweeps: a matrix becomes trials, trials become rows, rows become groups and reports. Trials are
 * FusionTrainings; what trains them is not this package's business.
 */
@NullMarked
package training.fusion.operator.sweep;

import org.jspecify.annotations.NullMarked;
