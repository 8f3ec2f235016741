/** The command line. */
@NullMarked
package training.fusion.trainer.cli;

import org.jspecify.annotations.NullMarked;
