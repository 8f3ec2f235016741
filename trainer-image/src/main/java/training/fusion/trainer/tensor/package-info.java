/**
 * Arrays in files, by name: safetensors, {@code .npy} and {@code .npz}; where each lies in them.
 */
@NullMarked
package training.fusion.trainer.tensor;

import org.jspecify.annotations.NullMarked;
