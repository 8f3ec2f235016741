@NullMarked
package training.fusion.trainer.runs;

import org.jspecify.annotations.NullMarked;
