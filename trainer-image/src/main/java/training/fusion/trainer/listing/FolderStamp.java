package training.fusion.trainer.listing;

import java.io.IOException;
import java.nio.file.Path;

/**
 * What a folder is known by, and what changes when a name in it comes, goes or is replaced.
 *
 * @param device that it lies on; another one after another mount
 * @param inode its number there
 * @param changed nanoseconds since 1970, of the file system's clock
 * @param bytes of the folder itself
 * @param links to it: on most file systems one for each folder in it, too
 */
public record FolderStamp(long device, long inode, long changed, long bytes, int links) {
  /** Asks once; a link is followed. */
  public static FolderStamp of(Path folder) throws IOException {
    var found = UnixAttributes.of(folder, "dev,ino,lastModifiedTime,size,nlink");
    return new FolderStamp(
        found.number("dev"),
        found.number("ino"),
        found.time("lastModifiedTime"),
        found.number("size"),
        (int) found.number("nlink"));
  }

  /** Whether it is the same folder, be it by another path or mount. */
  public boolean isFolder(FolderStamp other) {
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
    return UnixAttributes.isSettled(changed);
  }
}
