package training.fusion.trainer.process;

import com.sun.jna.NativeLibrary;

/**
 * The end of the process, without what C libraries do at theirs: {@link Runtime#halt} calls {@code
 * exit}, which takes apart what libtorch's threads still compute with, and now and then ends in a
 * crash with another exit code. {@code _exit} does not.
 */
public final class ProcessEnd {
  private ProcessEnd() {}

  /** Ends it at once, whatever threads are doing; does not return. */
  public static void now(int code) {
    try {
      NativeLibrary.getProcess().getFunction("_exit").invokeVoid(new Object[] {code});
    } finally { // where there is no memory left for that, or no such function
      Runtime.getRuntime().halt(code);
    }
  }
}
