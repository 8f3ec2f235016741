package training.fusion.trainer.checkpoint;

import static java.util.Objects.requireNonNull;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import training.fusion.trainer.InWords;
import training.fusion.trainer.TrainingFailure;

/** File operations after which a crash, of the process or the machine, finds the old or the new. */
public final class Durable {
  /** Begins the names of what is not finished; left behind only by a crash. */
  private static final String UNFINISHED = ".unfinished-";

  private Durable() {}

  /** What a file is to hold, written piece by piece. */
  public interface Content {
    /** Writes all of it; the stream is not its to close. */
    void writeTo(OutputStream file) throws IOException;
  }

  /** Replaces a file's content as one step. */
  public static void write(Path file, String text) throws IOException {
    write(file, stream -> stream.write(text.getBytes(StandardCharsets.UTF_8)));
  }

  /** As {@link #write(Path, String)}, of what need not be in memory as a whole. */
  public static void write(Path file, Content content) throws IOException {
    Path unfinished = unfinished(file);
    try {
      writeThrough(unfinished, content);
      publish(unfinished, file);
    } catch (IOException e) {
      discard(unfinished, e);
      throw e;
    }
  }

  private static void writeThrough(Path file, Content content) throws IOException {
    try (var channel =
            FileChannel.open(
                file,
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE);
        var stream = new BufferedOutputStream(Channels.newOutputStream(channel))) {
      content.writeTo(stream);
      stream.flush();
      channel.force(true);
    }
  }

  /** Where a file or folder is written before {@link #publish}. */
  public static Path unfinished(Path target) {
    return target.resolveSibling(UNFINISHED + target.getFileName());
  }

  /** Whether this is such a place. */
  public static boolean isUnfinished(Path path) {
    return String.valueOf(path.getFileName()).startsWith(UNFINISHED);
  }

  /** Gives what was written, and flushed, its name. */
  public static void publish(Path unfinished, Path target) throws IOException {
    Files.move(unfinished, target, StandardCopyOption.ATOMIC_MOVE);
    flushFolder(requireNonNull(target.toAbsolutePath().getParent(), "a file has a folder"));
  }

  /**
   * Gives a file another name as well, for the same bytes: nobody changes a file in place. Where
   * the file system has one name for each file, it is a copy.
   */
  public static void share(Path file, Path name) throws IOException {
    try {
      Files.createLink(name, file);
    } catch (UnsupportedOperationException | FileSystemException e) {
      if (e instanceof FileAlreadyExistsException || e instanceof NoSuchFileException) {
        throw (FileSystemException) e;
      }
      write(name, stream -> Files.copy(file, stream));
    }
  }

  /** Flushes the names in a folder to the device. */
  public static void flushFolder(Path folder) throws IOException {
    try (var channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  /** Deletes a folder with all that is in it, or a file; nothing if it is not there. */
  public static void delete(Path path) throws IOException {
    if (!Files.exists(path)) {
      return;
    }
    Files.walkFileTree(
        path,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path folder, IOException e) throws IOException {
            Files.delete(folder);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  /** Gives back the room of what was begun, for a full disk must still take the result. */
  private static void discard(Path unfinished, IOException e) {
    try {
      delete(unfinished);
    } catch (IOException another) {
      e.addSuppressed(another);
    }
  }

  /** As {@link #failure}, of what was being written to {@link #unfinished}, which is removed. */
  public static TrainingFailure abandoned(Path target, IOException e) {
    discard(unfinished(target), e);
    return failure(target, e);
  }

  /** Tells a failure to write, above all a full disk, in words. */
  public static TrainingFailure failure(Path target, IOException e) {
    String text = String.valueOf(e.getMessage());
    boolean full = text.contains("No space left") || text.contains("quota exceeded");
    if (e instanceof AccessDeniedException) {
      return TrainingFailure.temporaryIo(
          "%s may not be written; in a pod the volume must be writable for the group pod.securityContext.fsGroup (65532), which Kubernetes does not see to on hostPath volumes"
              .formatted(target),
          e);
    }
    return TrainingFailure.temporaryIo(
        full
            ? "no space is left for %s; free some, take a larger volume, or lower checkpoint.keep"
                .formatted(target)
            : "%s cannot be written: %s".formatted(target, InWords.of(e)),
        e);
  }
}
