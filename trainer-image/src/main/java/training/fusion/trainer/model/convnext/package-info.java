/** ConvNeXts: convolutional networks with a transformer's layers. */
@NullMarked
package training.fusion.trainer.model.convnext;

import org.jspecify.annotations.NullMarked;
