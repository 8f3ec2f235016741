/** Ended trainings and sweeps are deleted after a time, where the configuration says so. */
@NullMarked
package training.fusion.operator.retention;

import org.jspecify.annotations.NullMarked;
