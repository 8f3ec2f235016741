package training.fusion.trainer.model;

import com.sun.jna.NativeLibrary;

/**
 * Tells the C library to keep what libtorch gives back to it. A step allocates and frees the same
 * hundreds of megabytes as the one before; glibc returns them to the kernel between steps or not,
 * as the layout of its heaps happens to be, and then up to 23,000 pages a step are cleared and
 * mapped anew. The most that is held at one time stays what it was.
 */
final class HostMemory {
  // malloc.h
  private static final int TRIM_THRESHOLD = -1;
  private static final int TOP_PAD = -2;
  private static final int MMAP_THRESHOLD = -3;

  private static final int LARGEST_MMAP_THRESHOLD = 32 << 20; // glibc refuses a larger one
  private static final int ONE_HEAP = 64 << 20; // a heap of a thread that is not the first

  private static final int LARGE = 1 << 20;

  private HostMemory() {}

  /**
   * From now on what is large is the kernel's again when it is freed, at a few percent of a step's
   * time: otherwise the holes that it leaves are kept, and a step that frees as it goes saves
   * nothing.
   */
  static boolean returnLarge() {
    try {
      var mallopt = NativeLibrary.getProcess().getFunction("mallopt");
      return mallopt.invokeInt(new Object[] {MMAP_THRESHOLD, LARGE}) == 1;
    } catch (UnsatisfiedLinkError e) {
      return false;
    }
  }

  /**
   * For the rest of the process; a second time changes nothing.
   *
   * @return false where the C library has no such switches (they are glibc's) or refused one
   */
  static boolean keepFreed() {
    try {
      var mallopt = NativeLibrary.getProcess().getFunction("mallopt");
      return mallopt.invokeInt(new Object[] {MMAP_THRESHOLD, LARGEST_MMAP_THRESHOLD}) == 1
          && mallopt.invokeInt(new Object[] {TRIM_THRESHOLD, Integer.MAX_VALUE}) == 1
          && mallopt.invokeInt(new Object[] {TOP_PAD, ONE_HEAP}) == 1;
    } catch (UnsatisfiedLinkError e) {
      return false;
    }
  }
}
