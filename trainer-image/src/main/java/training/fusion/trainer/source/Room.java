package training.fusion.trainer.source;

import java.nio.file.Path;

/**
 * How much of a volume fetched files may take: runs save their checkpoints on it, too, so a part of
 * it is left alone.
 */
@FunctionalInterface
interface Room {
  /** A twentieth of the volume, at most this much, stays free. */
  long LARGEST_RESERVE = 1L << 30;

  /** Bytes between two looks at the volume while something is written. */
  long LOOK_EVERY = 1 << 20;

  /** What the volume has. */
  Room OF_VOLUME =
      folder -> {
        long all = folder.toFile().getTotalSpace();
        return all == 0 // a file system that does not say
            ? Long.MAX_VALUE
            : folder.toFile().getUsableSpace() - Math.min(all / 20, LARGEST_RESERVE);
      };

  /**
   * Bytes that may still be written into a folder; negative if too many were.
   *
   * @param folder one that is there
   */
  long left(Path folder);
}
