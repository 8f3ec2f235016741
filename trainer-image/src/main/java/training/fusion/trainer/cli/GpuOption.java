package training.fusion.trainer.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** On what a trained model computes. */
final class GpuOption {
  @Option(
      names = "--gpu",
      negatable = true,
      description = "Compute on a GPU; --no-gpu: on the CPU.")
  private @Nullable Boolean gpu;

  /** How many GPUs are used, 0 or 1. */
  int count(int otherwise) {
    return gpu == null ? Math.min(1, otherwise) : gpu ? 1 : 0;
  }
}
