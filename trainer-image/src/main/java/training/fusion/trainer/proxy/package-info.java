/** By which proxy data sets, weights and MLflow are reached; reports go by none. */
@NullMarked
package training.fusion.trainer.proxy;

import org.jspecify.annotations.NullMarked;
