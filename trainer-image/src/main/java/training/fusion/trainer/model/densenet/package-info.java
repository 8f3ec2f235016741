/** DenseNets: each layer reads the channels of all before it. */
@NullMarked
package training.fusion.trainer.model.densenet;

import org.jspecify.annotations.NullMarked;
