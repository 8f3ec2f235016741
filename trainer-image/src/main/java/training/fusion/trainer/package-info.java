/** The trainer: one process, one device, one training. */
@NullMarked
package training.fusion.trainer;

import org.jspecify.annotations.NullMarked;
