package training.fusion.trainer.process;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import training.fusion.api.run.ExitCode;
import training.fusion.api.run.RunResult;
import training.fusion.api.run.SavedCheckpoint;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.model.Libtorch;

/** What went wrong, in words, where the code that noticed it had none. */
public final class FailureDescriptions {
  private static final Logger LOG = LoggerFactory.getLogger(FailureDescriptions.class);
  private static final int DEEPEST_CAUSE = 20;

  private FailureDescriptions() {}

  /** The failure that ends the process; an error of another thread counts as itself. */
  public static TrainingFailure describe(Throwable thrown) {
    Throwable e = errorIn(thrown);
    if (e instanceof TrainingFailure failure) {
      return failure;
    }
    if (e instanceof Libtorch.DeviceException) {
      return new TrainingFailure(
          ExitCode.INTERNAL, "DeviceError", String.valueOf(e.getMessage()), e);
    }
    if (e instanceof OutOfMemoryError) {
      return outOfMemory(e);
    }
    if (e instanceof StackOverflowError) {
      return new TrainingFailure(
          ExitCode.INTERNAL,
          "Internal",
          "something that was read is nested too deeply for Java's stack; if it is right as it is, give JAVA_TOOL_OPTIONS=-Xss16m",
          e);
    }
    if (e instanceof LinkageError) {
      return new TrainingFailure(
          ExitCode.INTERNAL,
          "Internal",
          "a part of the program could not be loaded (%s): the process may open too few files (ulimit -n), or its installation is damaged"
              .formatted(e.getMessage()),
          e);
    }
    if (Libtorch.isOutOfMemory(e)) {
      return new TrainingFailure(
          ExitCode.INTERNAL,
          "OutOfMemory",
          "the device has no memory for this batch; lower training.microBatchSize, training.batchSize or training.imageSize, or raise pod.resources.limits.memory",
          e);
    }
    LOG.error("unexpected failure", e);
    return new TrainingFailure(
        ExitCode.INTERNAL,
        "Internal",
        "unexpected failure: %s; the pod's log has the details".formatted(firstLine(e)),
        e);
  }

  /** The innermost one: a pool of threads throws another of the same kind, without its words. */
  private static Throwable errorIn(Throwable thrown) {
    Throwable found = thrown;
    Throwable cause = thrown;
    for (int depth = 0; cause != null && depth < DEEPEST_CAUSE; depth++) {
      if (cause instanceof VirtualMachineError || cause instanceof LinkageError) {
        found = cause;
      }
      cause = cause.getCause();
    }
    return found;
  }

  private static TrainingFailure outOfMemory(Throwable e) {
    boolean threads = String.valueOf(e.getMessage()).contains("thread");
    return new TrainingFailure(
        ExitCode.INTERNAL,
        "OutOfMemory",
        threads
            ? "the process may start no more threads (%s); raise the limit of processes (ulimit -u, in a pod the node's podPidsLimit)"
                .formatted(e.getMessage())
            : "Java's memory is used up (%s); raise pod.resources.limits.memory, on a command line -Xmx in JAVA_TOOL_OPTIONS"
                .formatted(e.getMessage()),
        e);
  }

  /** A signal came while there was nothing to save. */
  public static TrainingFailure stoppedBefore() {
    return new TrainingFailure(
        ExitCode.TERMINATED,
        RunResult.TERMINATED,
        "stopped from outside, with nothing to save yet; what was fetched is kept",
        null);
  }

  /**
   * A second Ctrl-C came before the first one's wish was fulfilled.
   *
   * @param step under way
   * @param saved the newest checkpoint; null: there is none
   */
  public static TrainingFailure stoppedAtOnce(long step, @Nullable SavedCheckpoint saved) {
    return new TrainingFailure(
        ExitCode.TERMINATED,
        RunResult.TERMINATED,
        saved == null
            ? "stopped at once, in step %d, with nothing saved: the next attempt begins anew"
                .formatted(step)
            : "stopped at once, in step %d; %s is kept, the next attempt goes on from there, after step %d"
                .formatted(step, saved.path(), saved.step()),
        null);
  }

  /** Nothing has moved for too long. */
  public static TrainingFailure stalled(String activity, int seconds) {
    return new TrainingFailure(
        ExitCode.INTERNAL,
        "Stalled",
        "nothing moved for %d s, during: %s; if that is no fault of device or volume, raise runPolicy.progressDeadlineSeconds"
            .formatted(seconds, activity),
        null);
  }

  private static String firstLine(Throwable e) {
    return e.toString().lines().findFirst().orElse("");
  }
}
