package training.fusion.trainer.listing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/** What the kernel says of a file or folder, as Java's view {@code unix} names it. */
record UnixAttributes(Map<String, Object> found) {
  /** A change within a file system's tick of the one before does not show; clocks differ. */
  private static final long SETTLED = TimeUnit.SECONDS.toNanos(10);

  /**
   * Asks once; a link is followed.
   *
   * @param names divided by commas
   */
  static UnixAttributes of(Path path, String names) throws IOException {
    return new UnixAttributes(Files.readAttributes(path, "unix:" + names));
  }

  long number(String name) {
    return ((Number) Objects.requireNonNull(found.get(name))).longValue();
  }

  /** A time, in nanoseconds since 1970. */
  long time(String name) {
    return ((FileTime) Objects.requireNonNull(found.get(name))).to(TimeUnit.NANOSECONDS);
  }

  /** Whether any change after a time, in nanoseconds since 1970, shows in a file's times. */
  static boolean isSettled(long changed) {
    return changed < TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis()) - SETTLED;
  }
}
