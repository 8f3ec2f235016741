package training.fusion.trainer.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * What a folder is known by, and what changes when a name in it comes, goes or is replaced.
 *
 * @param device that it lies on; another one after another mount
 * @param inode its number there
 * @param changed nanoseconds since 1970, of the file system's clock
 * @param bytes of the folder itself
 * @param links to it: on most file systems one for each folder in it, too
 */
record FolderStamp(long device, long inode, long changed, long bytes, int links) {
  /** A change within a file system's tick of the one before does not show; clocks differ. */
  private static final long SETTLED = TimeUnit.SECONDS.toNanos(10);

  /** Asks once; a link is followed. */
  static FolderStamp of(Path folder) throws IOException {
    Map<String, Object> found =
        Files.readAttributes(folder, "unix:dev,ino,lastModifiedTime,size,nlink");
    return new FolderStamp(
        ((Number) Objects.requireNonNull(found.get("dev"))).longValue(),
        ((Number) Objects.requireNonNull(found.get("ino"))).longValue(),
        ((FileTime) Objects.requireNonNull(found.get("lastModifiedTime"))).to(TimeUnit.NANOSECONDS),
        ((Number) Objects.requireNonNull(found.get("size"))).longValue(),
        ((Number) Objects.requireNonNull(found.get("nlink"))).intValue());
  }

  /** Whether it is the same folder, be it by another path or mount. */
  boolean isFolder(FolderStamp other) {
    return device == other.device && inode == other.inode;
  }

  /** Whether nothing has changed since, as far as a stamp tells; the device may be another. */
  boolean isUnchangedSince(FolderStamp before) {
    return inode == before.inode
        && changed == before.changed
        && bytes == before.bytes
        && links == before.links;
  }

  /** Whether any later change shows. */
  boolean isSettled() {
    return changed < TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis()) - SETTLED;
  }
}
