/** Batches of a part, in a fixed order, read ahead of the step that wants them. */
@NullMarked
package training.fusion.trainer.batch;

import org.jspecify.annotations.NullMarked;
