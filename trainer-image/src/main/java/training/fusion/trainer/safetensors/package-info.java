/** Tensors in files, in the safetensors format (github.com/huggingface/safetensors). */
@NullMarked
package training.fusion.trainer.safetensors;

import org.jspecify.annotations.NullMarked;
