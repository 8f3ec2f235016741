/** Vision transformers, DeiT among them: encoders over the patches of a picture. */
@NullMarked
package training.fusion.trainer.model.vit;

import org.jspecify.annotations.NullMarked;
