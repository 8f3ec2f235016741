/** Somebody's own network: a TorchScript file, its blocks, and the program around it. */
@NullMarked
package training.fusion.trainer.module;

import org.jspecify.annotations.NullMarked;
