package training.fusion.trainer;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import training.fusion.api.run.ExitCode;
import training.fusion.api.run.RunResult;

/**
 * A run that cannot go on, for a reason that is told in one sentence: which field, file or object,
 * what was wrong with it, what would be right.
 */
public final class TrainingFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What the operating system says of names, links and folders that are not as they should be. */
  private static final List<String> SO_FOR_EVER =
      List.of(
          "Is a directory",
          "Not a directory",
          "File name too long",
          "Too many levels of symbolic links");

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

  /**
   * A picture takes more memory than there is.
   *
   * @param why what of it does, as part of a sentence
   */
  public static TrainingFailure outOfMemory(String picture, String why) {
    return new TrainingFailure(
        ExitCode.INTERNAL,
        "OutOfMemory",
        "Java's memory is used up (its heap has %d MiB) by %s: %s; raise pod.resources.limits.memory, on a command line -Xmx in JAVA_TOOL_OPTIONS, or make the picture smaller"
            .formatted(Runtime.getRuntime().maxMemory() >> 20, picture, why),
        null);
  }

  /** A file or folder that is there, or should be, cannot be read. */
  public static TrainingFailure unreadable(Path file, IOException e) {
    String why = e instanceof AccessDeniedException ? Permissions.tell(file) : InWords.of(e);
    String message = "%s cannot be read: %s".formatted(file, why);
    return isSoForEver(e) ? badData(message) : temporaryIo(message, e);
  }

  /** Whether another attempt would meet the same: it is not the disk, but what lies on it. */
  private static boolean isSoForEver(IOException e) {
    return e instanceof PlainFile.Otherwise
        || e instanceof AccessDeniedException
        || e instanceof FileSystemLoopException
        || e instanceof NotDirectoryException
        || e instanceof CharacterCodingException
        || SO_FOR_EVER.stream().anyMatch(String.valueOf(e.getMessage())::contains);
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
