/** Programs that do the same work side by side, round by round, and what their times say. */
@NullMarked
package training.fusion.benchmarks.race;

import org.jspecify.annotations.NullMarked;
