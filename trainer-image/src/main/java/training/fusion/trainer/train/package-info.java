/** The training loop, and what watches over it. */
@NullMarked
package training.fusion.trainer.train;

import org.jspecify.annotations.NullMarked;
