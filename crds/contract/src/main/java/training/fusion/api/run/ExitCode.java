package training.fusion.api.run;

import java.util.Optional;

/**
 * How the trainer's process ends. The same table makes the Job's podFailurePolicy, so a code means
 * the same to both.
 */
public enum ExitCode {
  /** Trained to the end, result written. */
  SUCCESS(0, Retry.NEVER),
  /** Configuration or data are wrong; trying again gives the same. */
  BAD_CONFIGURATION(64, Retry.NEVER),
  /** A loss or gradient was not finite; trying again gives the same. */
  DIVERGED(65, Retry.NEVER),
  /** Device, internal or stalled. */
  INTERNAL(70, Retry.COUNTED),
  /** Temporary failure of input or output. */
  TEMPORARY_IO(75, Retry.COUNTED),
  /** Stopped by SIGTERM after saving (128 + 15). */
  TERMINATED(143, Retry.COUNTED);

  /** What the Job does about a pod that ended so. */
  public enum Retry {
    /** The Job ends at once. */
    NEVER,
    /** Another pod is tried, and backoffLimit counts it. */
    COUNTED
  }

  private final int code;
  private final Retry retry;

  ExitCode(int code, Retry retry) {
    this.code = code;
    this.retry = retry;
  }

  /** The process's exit status. */
  public int code() {
    return code;
  }

  /** What the Job does about it. */
  public Retry retry() {
    return retry;
  }

  /** The exit code with this status, if it is one of ours (137, say, is the kernel's). */
  public static Optional<ExitCode> of(int code) {
    for (ExitCode exitCode : values()) {
      if (exitCode.code == code) {
        return Optional.of(exitCode);
      }
    }
    return Optional.empty();
  }
}
