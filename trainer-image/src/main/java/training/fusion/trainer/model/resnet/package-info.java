/** ResNets: residual blocks of convolutions and batch norms. */
@NullMarked
package training.fusion.trainer.model.resnet;

import org.jspecify.annotations.NullMarked;
