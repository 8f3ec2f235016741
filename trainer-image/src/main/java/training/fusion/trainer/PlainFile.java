package training.fusion.trainer;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * What is opened for reading has to be a file: a named pipe lets whoever opens it wait for ever, a
 * device may have no end. Links are followed.
 */
public final class PlainFile {
  private PlainFile() {}

  /** What is there is something else than a file; the reason says what. */
  public static final class Otherwise extends FileSystemException {
    private static final long serialVersionUID = 1L;

    Otherwise(Path path, String reason) {
      super(path.toString(), null, reason);
    }

    /** Without the path, which whoever catches it names. */
    @Override
    public String getMessage() {
      return getReason();
    }
  }

  /**
   * Looks before a file is opened.
   *
   * @throws Otherwise if it is a folder, a device, a named pipe or a socket
   * @throws java.nio.file.NoSuchFileException if nothing is there
   */
  public static void check(Path path) throws IOException {
    BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
    if (!attributes.isRegularFile()) {
      throw new Otherwise(
          path,
          attributes.isDirectory()
              ? "it is a folder, and a file is expected"
              : "it is a device, a named pipe or a socket, and a file is expected");
    }
  }
}
