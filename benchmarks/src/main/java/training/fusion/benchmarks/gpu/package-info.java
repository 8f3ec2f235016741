/** What a machine with a GPU and PyTorch, but no Java, needs to run this project's programs. */
@NullMarked
package training.fusion.benchmarks.gpu;

import org.jspecify.annotations.NullMarked;
