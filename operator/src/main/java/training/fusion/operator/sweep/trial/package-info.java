/** A sweep's trials: where one stands in the matrix, what it is called, what is kept of it. */
@NullMarked
package training.fusion.operator.sweep.trial;

import org.jspecify.annotations.NullMarked;
