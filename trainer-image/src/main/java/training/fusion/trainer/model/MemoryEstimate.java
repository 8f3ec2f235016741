package training.fusion.trainer.model;

import training.fusion.api.Training.Precision;
import training.fusion.trainer.model.architecture.ParameterSpec;

/**
 * About what a training step needs of the device's memory, beside the libraries: scaled by pixels
 * or tokens from one measurement of each architecture.
 *
 * @param fixed bytes for parameters, gradients and optimizer state
 * @param perImage bytes for each image of a micro-batch
 */
public record MemoryEstimate(long fixed, long perImage) {
  /** fp32 parameter, gradient and its sum, two moments, and one value under way. */
  private static final int BYTES_PER_PARAMETER = 6 * Float.BYTES;

  private static final int BYTES_PER_COPY = 2; // bf16

  /** Allowance for gradients of activations and workspaces beside what the forward pass keeps. */
  private static final double UNDER_WAY = 1.25;

  /**
   * The estimate for a network whose parameters are all trained by an optimizer with two moments.
   */
  public static MemoryEstimate of(NetworkSettings settings) {
    var definition = settings.kind().definition();
    boolean bf16 = settings.precision() == Precision.BF16;
    long bytes = 0;
    for (ParameterSpec p : settings.source().parameters()) {
      bytes += p.size() * (BYTES_PER_PARAMETER + (bf16 && p.operand() ? BYTES_PER_COPY : 0));
    }
    double image = definition.activationBytes(settings.imageSize(), settings.precision());
    return new MemoryEstimate(bytes, Math.round(UNDER_WAY * image));
  }

  /**
   * The same with one more copy of the weights beside them, as a moving average is, and what
   * sharpness-aware minimization goes back to.
   */
  public MemoryEstimate withCopy(NetworkSettings settings) {
    long parameters = settings.source().parameters().stream().mapToLong(ParameterSpec::size).sum();
    return new MemoryEstimate(fixed + Float.BYTES * parameters, perImage);
  }

  /** Bytes of a step with so many images in a micro-batch. */
  public long bytes(int images) {
    return fixed + images * perImage;
  }

  /** Images of a micro-batch that so many bytes are enough for; 0 if not even one is. */
  public int images(long bytes) {
    return (int) Math.max(0, Math.min(Integer.MAX_VALUE, (bytes - fixed) / perImage));
  }
}
