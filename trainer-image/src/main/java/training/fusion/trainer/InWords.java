package training.fusion.trainer;

import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.FileSystemException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What an exception says, for the end of a sentence that somebody reads who knows no Java: one
 * line, without the names of classes.
 */
public final class InWords {
  private static final String CLASS_NAME = "\\b(?:\\w+\\.)+[\\w$]*(?:Exception|Error)(?:: |\\b)";

  /** More causes than any chain has that is no ring. */
  private static final int DEEPEST = 16;

  private InWords() {}

  /** For example {@code request timed out}, or {@code no such file: /runs/history.json}. */
  public static String of(Exception e) {
    if (e instanceof CharacterCodingException) {
      return "it is not text in UTF-8"; // Java says "Input length = 1"
    }
    if (e.getMessage() == null && isUnknownHost(e)) {
      return "no server of that name is known; is it spelled rightly?";
    }
    if (e instanceof ConnectException && e.getMessage() == null) {
      return "no connection could be made";
    }
    String said = firstLine(e.getMessage());
    if (said.isEmpty()) {
      return kind(e);
    }
    return saysTheObjectAlone(e) ? kind(e) + ": " + said : said;
  }

  /** Whether a name could not be found: the JDK's HTTP client says so three causes deep. */
  public static boolean isUnknownHost(Throwable e) {
    Throwable cause = e;
    for (int depth = 0; cause != null && depth < DEEPEST; depth++) {
      if (cause instanceof UnknownHostException || cause instanceof UnresolvedAddressException) {
        return true;
      }
      cause = cause.getCause();
    }
    return false;
  }

  private static String firstLine(@Nullable String message) {
    return message == null
        ? ""
        : message.lines().findFirst().orElse("").replaceAll(CLASS_NAME, "").strip();
  }

  private static boolean saysTheObjectAlone(Exception e) {
    return e instanceof UnknownHostException
        || (e instanceof FileSystemException failed && failed.getReason() == null);
  }

  /** {@code NoSuchFileException} as {@code no such file}. */
  private static String kind(Exception e) {
    if (e.getClass() == IOException.class || e.getClass() == FileSystemException.class) {
      return "input or output failed";
    }
    return e.getClass()
        .getSimpleName()
        .replaceFirst("Exception$", "")
        .replaceAll("(?<=[a-z])(?=[A-Z])", " ")
        .toLowerCase(Locale.ROOT);
  }
}
