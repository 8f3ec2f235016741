package training.fusion.trainer.checkpoint;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import training.fusion.api.run.ExitCode;
import training.fusion.trainer.InWords;
import training.fusion.trainer.PlainFile;
import training.fusion.trainer.TrainingFailure;

/**
 * Keeps two pods from training one run. The operating system's lock on the file {@code lock} ends
 * with the process that holds it, however that ends. The holder's uid, in the file {@code pod},
 * serves where file systems keep no locks between nodes: whoever finds another uid there has been
 * replaced. They are two files because closing a file ends all of a process's locks on it.
 */
public final class RunLock implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RunLock.class);

  private final Path runFolder;
  private final String podUid;
  private final FileChannel channel;

  private RunLock(Path runFolder, String podUid, FileChannel channel) {
    this.runFolder = runFolder;
    this.podUid = podUid;
    this.channel = channel;
  }

  /**
   * Takes the lock of a run's folder, also from a pod that has died. Nothing in the folder changes
   * before {@link #claim}.
   *
   * @throws TrainingFailure if a living process holds it
   */
  public static RunLock take(Path runFolder, String podUid) {
    try {
      FileChannel channel =
          FileChannel.open(
              runFolder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      try {
        return take(runFolder, podUid, channel);
      } catch (IOException | TrainingFailure e) {
        channel.close();
        throw e;
      }
    } catch (IOException e) {
      throw Durable.failure(runFolder.resolve("lock"), e);
    }
  }

  private static RunLock take(Path runFolder, String podUid, FileChannel channel)
      throws IOException {
    if (!tryLock(channel)) {
      throw inUse(runFolder, holder(runFolder));
    }
    return new RunLock(runFolder, podUid, channel);
  }

  /**
   * Takes the run over: from now on whoever was here before writes nothing more.
   *
   * @throws TrainingFailure if that cannot be written down
   */
  public void claim() {
    try {
      String before = holder(runFolder);
      if (!before.isEmpty() && !before.equals(podUid)) {
        LOG.info("pod {} was here before and no longer holds {}", before, runFolder);
      }
      Durable.write(runFolder.resolve("pod"), podUid + "\n");
    } catch (IOException e) {
      throw Durable.failure(runFolder.resolve("pod"), e);
    }
  }

  /**
   * Whether a living process trains the run. Not for a process that trains itself: looking would
   * end its own lock.
   */
  public static boolean isHeld(Path runFolder) {
    return !isFree(runFolder).orElse(true);
  }

  /** Whether nobody trains the run any more, and somebody did; for whom {@link #isHeld} is. */
  public static boolean isAbandoned(Path runFolder) {
    return isFree(runFolder).orElse(false);
  }

  /** Whether nobody has its lock; empty: there is none, or a file system without locks. */
  private static Optional<Boolean> isFree(Path runFolder) {
    try (FileChannel channel = FileChannel.open(runFolder.resolve("lock"));
        FileLock free = channel.tryLock(0, Long.MAX_VALUE, true)) {
      return Optional.of(free != null);
    } catch (OverlappingFileLockException e) {
      return Optional.of(false);
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static boolean tryLock(FileChannel channel) {
    try {
      return channel.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      return false;
    } catch (IOException e) {
      LOG.warn("the run's folder is on a file system without locks: {}", InWords.of(e));
      return true;
    }
  }

  private static String holder(Path runFolder) throws IOException {
    Path file = runFolder.resolve("pod");
    if (!Files.exists(file)) {
      return "";
    }
    PlainFile.check(file);
    return new String(Files.readAllBytes(file), StandardCharsets.UTF_8).strip(); // of any bytes
  }

  /**
   * Makes sure that no other pod has taken the run over.
   *
   * @throws TrainingFailure if one has; nothing more may be written then
   */
  public void check() {
    try {
      String holder = holder(runFolder);
      if (!holder.equals(podUid)) {
        throw inUse(runFolder, holder);
      }
    } catch (IOException e) {
      throw TrainingFailure.unreadable(runFolder, e);
    }
  }

  private static TrainingFailure inUse(Path runFolder, String holder) {
    return new TrainingFailure(
        ExitCode.TEMPORARY_IO,
        "RunInUse",
        "%s is training this run in %s; wait until it has ended, or end it"
            .formatted(holder.isEmpty() ? "another process" : "pod " + holder, runFolder),
        null);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
