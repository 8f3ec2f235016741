package training.fusion.trainer.source;

import java.nio.file.Path;
import training.fusion.trainer.FreeSpace;

/** How much of a volume fetched files may take. */
@FunctionalInterface
interface Room {
  /** Bytes between two looks at the volume while something is written. */
  long LOOK_EVERY = 1 << 20;

  /** What the volume has. */
  Room OF_VOLUME = FreeSpace::left;

  /**
   * Bytes that may still be written into a folder; negative if too many were.
   *
   * @param folder one that is there
   */
  long left(Path folder);
}
