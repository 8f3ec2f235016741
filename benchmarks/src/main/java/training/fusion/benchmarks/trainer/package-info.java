/** The trainer against PyTorch: our side of each race, and the races. */
@NullMarked
package training.fusion.benchmarks.trainer;

import org.jspecify.annotations.NullMarked;
