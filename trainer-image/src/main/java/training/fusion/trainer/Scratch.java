package training.fusion.trainer;

import java.nio.file.Path;
import training.fusion.api.run.RunEnvironment;

/** Room for files that are gone with the process. */
public final class Scratch {
  private Scratch() {}

  /** The pod's scratch volume; on a command line the system's folder for such files. */
  public static Path folder() {
    String scratch = System.getenv(RunEnvironment.SCRATCH);
    return Path.of(scratch != null ? scratch : System.getProperty("java.io.tmpdir"));
  }

  /** Whether there is room for a file twice: others want some, too. */
  public static boolean hasRoom(long bytes) {
    return FreeSpace.half(folder()) >= bytes;
  }
}
