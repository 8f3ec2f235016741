/** Names of classes, and the tables that say which sample is of which class. */
@NullMarked
package training.fusion.trainer.label;

import org.jspecify.annotations.NullMarked;
