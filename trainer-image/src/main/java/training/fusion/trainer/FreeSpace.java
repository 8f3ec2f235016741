package training.fusion.trainer;

import java.nio.file.Path;

/** What may be filled of a volume: runs save their checkpoints there, too, so a part is left. */
public final class FreeSpace {
  /** A twentieth of the volume, at most this much, stays free. */
  public static final long LARGEST_RESERVE = 1L << 30;

  private FreeSpace() {}

  /** Half of what is free: what may be promised of a volume that others want some of, too. */
  public static long half(Path folder) {
    return folder.toFile().getUsableSpace() / 2;
  }

  /**
   * Bytes that may still be written; negative if too many were.
   *
   * @param folder one that is there
   */
  public static long left(Path folder) {
    long all = folder.toFile().getTotalSpace();
    return all == 0 // a file system that does not say
        ? Long.MAX_VALUE
        : folder.toFile().getUsableSpace() - Math.min(all / 20, LARGEST_RESERVE);
  }
}
