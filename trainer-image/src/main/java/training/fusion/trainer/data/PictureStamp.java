package training.fusion.trainer.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What changes when a picture's file is replaced or written to.
 *
 * @param inode its number in the file system
 * @param bytes its length
 * @param modified when its content was, in nanoseconds since 1970; anybody may set it
 * @param changed when anything of it was, as the file system says; nobody can set it
 */
record PictureStamp(long inode, long bytes, long modified, long changed) {
  /** Of pictures that nobody looks at again. */
  static final PictureStamp NONE = new PictureStamp(0, 0, 0, 0);

  /** A change within a file system's tick of the one before does not show; clocks differ. */
  private static final long SETTLED = TimeUnit.SECONDS.toNanos(10);

  /** Asks once; a link is followed. */
  static PictureStamp of(Path file) throws IOException {
    Map<String, Object> found = Files.readAttributes(file, "unix:ino,size,lastModifiedTime,ctime");
    return new PictureStamp(
        ((Number) Objects.requireNonNull(found.get("ino"))).longValue(),
        ((Number) Objects.requireNonNull(found.get("size"))).longValue(),
        nanoseconds(found.get("lastModifiedTime")),
        nanoseconds(found.get("ctime")));
  }

  private static long nanoseconds(@Nullable Object time) {
    return ((FileTime) Objects.requireNonNull(time)).to(TimeUnit.NANOSECONDS);
  }

  /** Whether any later change shows. */
  boolean isSettled() {
    return changed < TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis()) - SETTLED;
  }
}
