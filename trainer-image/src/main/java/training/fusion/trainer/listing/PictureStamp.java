package training.fusion.trainer.listing;

import java.io.IOException;
import java.nio.file.Path;

/**
 * What changes when a picture's file is replaced or written to.
 *
 * @param inode its number in the file system
 * @param bytes its length
 * @param modified when its content was, in nanoseconds since 1970; anybody may set it
 * @param changed when anything of it was, as the file system says; nobody can set it
 */
public record PictureStamp(long inode, long bytes, long modified, long changed) {
  /** Of pictures that nobody looks at again. */
  public static final PictureStamp NONE = new PictureStamp(0, 0, 0, 0);

  /** Asks once; a link is followed. */
  public static PictureStamp of(Path file) throws IOException {
    var found = UnixAttributes.of(file, "ino,size,lastModifiedTime,ctime");
    return new PictureStamp(
        found.number("ino"),
        found.number("size"),
        found.time("lastModifiedTime"),
        found.time("ctime"));
  }

  /** Whether any later change shows. */
  public boolean isSettled() {
    return UnixAttributes.isSettled(changed);
  }
}
