/** Pictures and their classes: files, the three-way split, and batches in a fixed order. */
@NullMarked
package training.fusion.trainer.data;

import org.jspecify.annotations.NullMarked;
