package training.fusion.trainer.report.page;

import java.time.Duration;
import java.util.Locale;

/** Figures as people read them. */
final class PageFigures {
  private PageFigures() {}

  /** A fraction or a loss: {@code 0.7540}. */
  static String figure(double value) {
    return Double.isNaN(value) ? "–" : String.format(Locale.ROOT, "%.4f", value);
  }

  /** A share: {@code 61.8 %}. */
  static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f %%", 100 * share);
  }

  /** A number of things: {@code 20,190,298}. */
  static String count(long count) {
    return String.format(Locale.ROOT, "%,d", count);
  }

  /** An amount of memory: {@code 1.43 GiB}. */
  static String bytes(long bytes) {
    return String.format(Locale.ROOT, "%.2f GiB", bytes / (double) (1L << 30));
  }

  /** A learning rate: {@code 5.00e-04}. */
  static String rate(double value) {
    return Double.isNaN(value) ? "–" : String.format(Locale.ROOT, "%.3g", value);
  }

  /** A length of time: {@code 2 h 5 min}, {@code 3 min 20 s}, {@code 12.3 s}. */
  static String duration(double seconds) {
    if (seconds < 60) {
      return String.format(Locale.ROOT, "%.1f s", seconds);
    }
    var length = Duration.ofSeconds(Math.round(seconds));
    return length.toHours() > 0
        ? "%d h %d min".formatted(length.toHours(), length.toMinutesPart())
        : "%d min %d s".formatted(length.toMinutes(), length.toSecondsPart());
  }
}
