/** Swin transformers: attention within windows, which every other layer shifts. */
@NullMarked
package training.fusion.trainer.model.swin;

import org.jspecify.annotations.NullMarked;
