/** Tables of trainings. */
@NullMarked
package training.fusion.e2e.sweep;

import org.jspecify.annotations.NullMarked;
