/** One page that shows all trainings and sweeps while they go on; it changes nothing. */
@NullMarked
package training.fusion.operator.overview;

import org.jspecify.annotations.NullMarked;
