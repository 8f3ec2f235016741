/**
 * Labelled samples as a network takes them, by number: decoded pictures, pixels, rows of tensors.
 */
@NullMarked
package training.fusion.trainer.sample;

import org.jspecify.annotations.NullMarked;
