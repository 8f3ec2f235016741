package training.fusion.trainer.train;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import training.fusion.api.run.ExitCode;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.model.Libtorch;

/** What went wrong, in words, where the code that noticed it had none. */
final class Failures {
  private static final Logger LOG = LoggerFactory.getLogger(Failures.class);

  private Failures() {}

  /** The failure that ends the process. */
  static TrainingFailure describe(Throwable e) {
    if (e instanceof TrainingFailure failure) {
      return failure;
    }
    if (e instanceof Libtorch.DeviceException) {
      return new TrainingFailure(
          ExitCode.INTERNAL, "DeviceError", String.valueOf(e.getMessage()), e);
    }
    if (e instanceof OutOfMemoryError) {
      return new TrainingFailure(
          ExitCode.INTERNAL,
          "OutOfMemory",
          "Java's memory is used up (%s); raise pod.resources.limits.memory"
              .formatted(e.getMessage()),
          e);
    }
    if (isOutOfMemory(String.valueOf(e.getMessage()))) {
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

  /** Nothing has moved for too long. */
  static TrainingFailure stalled(String activity, int seconds) {
    return new TrainingFailure(
        ExitCode.INTERNAL,
        "Stalled",
        "nothing moved for %d s, during: %s; if that is no fault of device or volume, raise runPolicy.progressDeadlineSeconds"
            .formatted(seconds, activity),
        null);
  }

  /** libtorch's allocators say so in words only. */
  private static boolean isOutOfMemory(String message) {
    return message.contains("out of memory") || message.contains("can't allocate memory");
  }

  private static String firstLine(Throwable e) {
    return e.toString().lines().findFirst().orElse("");
  }
}
