/**
 * Trainings, Jobs and pods as the informers see them, in little memory, and what is known of one
 * training at one moment.
 */
@NullMarked
package training.fusion.operator.watch;

import org.jspecify.annotations.NullMarked;
