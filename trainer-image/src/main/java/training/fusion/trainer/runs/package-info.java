/** The runs that lie on this machine: which there are, how they stand, and by which names. */
@NullMarked
package training.fusion.trainer.runs;

import org.jspecify.annotations.NullMarked;
