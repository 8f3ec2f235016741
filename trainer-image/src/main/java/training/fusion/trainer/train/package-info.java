/** The training loop: from a batch to a step, from an epoch to its evaluation and checkpoint. */
@NullMarked
package training.fusion.trainer.train;

import org.jspecify.annotations.NullMarked;
