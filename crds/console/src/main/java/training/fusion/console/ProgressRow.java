package training.fusion.console;

import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What is told of one run, or of a sweep, at one moment, in words.
 *
 * @param state Pending, Running and so on
 * @param phase what it is at while it runs, such as Training; else its state again
 * @param percent done, of a hundred
 * @param epoch under way of all: {@code 2/3}; of a sweep the trials that have ended: {@code 2 of 8}
 */
public record ProgressRow(
    String name,
    String state,
    String phase,
    int percent,
    String epoch,
    String speed,
    String remaining,
    String accuracy,
    String loss,
    String f1) {
  /** What stands where there is nothing to say. */
  public static final String NOTHING = "–";

  /** State of what is under way. */
  public static final String RUNNING = "Running";

  /** A number with so many digits, as people read it. */
  public static String number(@Nullable Double value, int digits) {
    return value == null ? NOTHING : String.format(Locale.ROOT, "%." + digits + "f", value);
  }

  /** A length of time: {@code 1h05m}, {@code 2m03s}, {@code 12s}. */
  public static String duration(Duration duration) {
    long seconds = Math.max(0, duration.toSeconds());
    if (seconds >= 3600) {
      return "%dh%02dm".formatted(seconds / 3600, seconds / 60 % 60);
    }
    return seconds >= 60 ? "%dm%02ds".formatted(seconds / 60, seconds % 60) : seconds + "s";
  }

  boolean isRunning() {
    return state.equals(RUNNING);
  }
}
