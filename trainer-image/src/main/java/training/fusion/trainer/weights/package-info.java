/**
 * Pretrained weights: files of tensors as people publish them, and whose names, padding, epsilons
 * and preprocessing they follow.
 */
@NullMarked
package training.fusion.trainer.weights;

import org.jspecify.annotations.NullMarked;
