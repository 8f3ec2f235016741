/**
 * What is found in what is known of a training: one of the situations, in words, or how its run
 * ended.
 */
@NullMarked
package training.fusion.operator.diagnosis;

import org.jspecify.annotations.NullMarked;
