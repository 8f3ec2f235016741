/**
 * One pod's part in a run: its folders and inputs, what it begins with, and how it is told that it
 * ended.
 */
@NullMarked
package training.fusion.trainer.run;

import org.jspecify.annotations.NullMarked;
