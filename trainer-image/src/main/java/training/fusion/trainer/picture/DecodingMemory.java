package training.fusion.trainer.picture;

import java.util.concurrent.Semaphore;

/**
 * Memory for pictures that are decoded at the same time: half of what Java may have, however many
 * processors there are. What takes more than all of it is decoded alone.
 */
final class DecodingMemory {
  private static final DecodingMemory OF_PROCESS =
      new DecodingMemory(Runtime.getRuntime().maxMemory() / 2);

  private static final int UNIT = 1 << 16;

  private final int units;

  /** Fair, so that a large picture waits for those before it only. */
  private final Semaphore free;

  DecodingMemory(long bytes) {
    units = units(bytes);
    free = new Semaphore(units, true);
  }

  static DecodingMemory ofProcess() {
    return OF_PROCESS;
  }

  private static int units(long bytes) {
    return (int) Math.max(1, Math.min(Integer.MAX_VALUE, bytes / UNIT));
  }

  /** Waits until so many bytes are free, or all; what was taken is to be given back. */
  int take(long bytes) {
    int taken = Math.min(units, units(bytes));
    free.acquireUninterruptibly(taken);
    return taken;
  }

  void giveBack(int taken) {
    free.release(taken);
  }
}
