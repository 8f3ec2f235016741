/**
 * Update rules with PyTorch's semantics, one for each group of blocks, and learning-rate schedules.
 */
@NullMarked
package training.fusion.trainer.optim;

import org.jspecify.annotations.NullMarked;
