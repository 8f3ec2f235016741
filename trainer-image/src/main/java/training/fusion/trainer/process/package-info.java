/** This process: how it is asked to stop, watched, and ended, and what it says last. */
@NullMarked
package training.fusion.trainer.process;

import org.jspecify.annotations.NullMarked;
