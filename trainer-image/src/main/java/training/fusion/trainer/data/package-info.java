/** A run's data: the three-way split, its limits, its digest, and pictures kept decoded. */
@NullMarked
package training.fusion.trainer.data;

import org.jspecify.annotations.NullMarked;
