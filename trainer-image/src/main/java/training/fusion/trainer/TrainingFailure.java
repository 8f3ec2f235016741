package training.fusion.trainer;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import training.fusion.api.run.ExitCode;
import training.fusion.api.run.RunResult;

/**
 * A run that cannot go on, for a reason that is told in one sentence: which field, file or object,
 * what was wrong with it, what would be right.
 */
public final class TrainingFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final ExitCode exitCode;
  private final String reason;

  /**
   * @param reason one word in CamelCase for programs, see {@link RunResult.Failure}
   * @param message one sentence for a person
   */
  public TrainingFailure(
      ExitCode exitCode, String reason, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.exitCode = exitCode;
    this.reason = reason;
  }

  /** The configuration asks for something that cannot be. */
  public static TrainingFailure badConfiguration(String message) {
    return new TrainingFailure(ExitCode.BAD_CONFIGURATION, "BadConfiguration", message, null);
  }

  /** The data set's files are missing, damaged, or do not fit what the configuration asks for. */
  public static TrainingFailure badData(String message) {
    return new TrainingFailure(ExitCode.BAD_CONFIGURATION, "BadData", message, null);
  }

  /** Reading or writing failed in a way that another attempt may not meet again. */
  public static TrainingFailure temporaryIo(String message, Throwable cause) {
    return new TrainingFailure(ExitCode.TEMPORARY_IO, "TemporaryIo", message, cause);
  }

  /** A file that is there, or should be, cannot be read. */
  public static TrainingFailure unreadable(Path file, IOException e) {
    return temporaryIo("%s cannot be read: %s".formatted(file, InWords.of(e)), e);
  }

  /** How the process ends. */
  public ExitCode exitCode() {
    return exitCode;
  }

  /** The failure as the result tells it. */
  public RunResult.Failure toFailure() {
    return new RunResult.Failure(reason, String.valueOf(getMessage()));
  }
}
