package training.fusion.trainer.source;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import training.fusion.api.run.ExitCode;
import training.fusion.trainer.InWords;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.checkpoint.Durable;
import training.fusion.trainer.checkpoint.JsonFile;

/**
 * A folder of what was fetched, one folder for each content, named by it. An entry appears whole or
 * not at all; what has come of an unfinished one is gone on with, or removed when nobody has for a
 * day. Pods may share it.
 */
final class Cache {
  private static final Logger LOG = LoggerFactory.getLogger(Cache.class);
  private static final String CONTENT = "content";
  private static final String DESCRIPTION = "entry.json";

  /** Longer than any fetch is silent, and than clocks of machines that share a volume differ. */
  private static final Duration ABANDONED_AFTER = Duration.ofDays(1);

  private final Path folder;
  private final FetchListener listener;

  /**
   * What an entry has to be. Files are not read again for it, so a changed byte goes unnoticed;
   * lost or cut files, as a crashed node may leave them, are found.
   *
   * @param source for people
   */
  record Description(String source, long files, long bytes) {
    Description {
      Objects.requireNonNull(source, "source");
    }
  }

  /** Fills a folder with an entry's content; finds there what an earlier attempt left. */
  @FunctionalInterface
  interface Filler {
    /**
     * Fills it.
     *
     * @param unfinished for what is not content, such as a file still to be unpacked
     * @param content becomes the entry
     */
    void fill(Path unfinished, Path content) throws IOException;
  }

  Cache(Path folder, FetchListener listener) {
    this.folder = folder;
    this.listener = listener;
  }

  /**
   * The folder of an entry's content, which is made if it is not there.
   *
   * @param key names the content
   * @param source where it comes from, for people
   */
  Path get(String key, String source, Filler filler) {
    Path entry = folder.resolve(key);
    try {
      Files.createDirectories(folder);
      removeAbandoned(key);
      if (isWhole(entry)) {
        LOG.info("{} is in the cache: {}", source, entry);
        return entry.resolve(CONTENT);
      }
      try (FileChannel channel =
          FileChannel.open(
              folder.resolve(key + ".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
        boolean alone = waitForLock(channel, entry, source);
        if (!isWhole(entry)) { // another pod may have brought it meanwhile
          make(key, source, filler, alone);
        }
      }
      return entry.resolve(CONTENT);
    } catch (IOException e) {
      throw Durable.failure(entry, e);
    }
  }

  private void make(String key, String source, Filler filler, boolean alone) throws IOException {
    Path entry = folder.resolve(key);
    // where file systems keep no locks nobody shares a beginning, and the first to end wins
    Path unfinished = Durable.unfinished(alone ? entry : folder.resolve(key + UUID.randomUUID()));
    Path content = Files.createDirectories(unfinished.resolve(CONTENT));
    try {
      filler.fill(unfinished, content);
    } catch (TrainingFailure e) {
      if (!alone || e.exitCode() == ExitCode.BAD_CONFIGURATION) {
        Durable.delete(unfinished); // nobody will go on with it
      }
      throw e;
    }
    Path ready =
        Durable.unfinished(folder.resolve(key + "-ready" + (alone ? "" : UUID.randomUUID())));
    Durable.delete(ready);
    Files.createDirectory(ready);
    Files.move(content, ready.resolve(CONTENT));
    Description description = describe(source, ready.resolve(CONTENT));
    JsonFile.write(ready.resolve(DESCRIPTION), description);
    if (alone || !isWhole(entry)) {
      Durable.delete(entry);
      Durable.publish(ready, entry);
    }
    Durable.delete(unfinished);
    LOG.info(
        "{}: {} file(s), {}", source, description.files(), Download.bytes(description.bytes()));
  }

  /** What killed processes left of entries that nobody goes on with, for their room. */
  private void removeAbandoned(String wanted) throws IOException {
    Path own = Durable.unfinished(folder.resolve(wanted));
    Instant oldest = Instant.now().minus(ABANDONED_AFTER);
    try (Stream<Path> all = Files.list(folder)) {
      for (Path path : all.filter(Durable::isUnfinished).filter(p -> !p.equals(own)).toList()) {
        try {
          if (!isNewer(path, oldest)) {
            long bytes = bytesBelow(path);
            Durable.delete(path);
            LOG.info("{} that nobody went on with are removed: {}", Download.bytes(bytes), path);
          }
        } catch (IOException | UncheckedIOException e) { // another pod removes it, or may alone
          LOG.info("{} is left of an unfinished fetch: {}", path, InWords.of(e));
        }
      }
    }
  }

  private static boolean isNewer(Path unfinished, Instant time) throws IOException {
    try (Stream<Path> paths = Files.walk(unfinished)) {
      return paths.anyMatch(
          path -> Instant.ofEpochMilli(path.toFile().lastModified()).isAfter(time));
    }
  }

  /** Waits until no other process makes the entry; false where the file system has no locks. */
  private boolean waitForLock(FileChannel channel, Path entry, String source) throws IOException {
    long seen = -1;
    while (true) {
      try {
        if (channel.tryLock() != null) {
          return true;
        }
      } catch (OverlappingFileLockException e) {
        LOG.debug("another thread of this process makes {}", entry);
      } catch (IOException e) {
        LOG.warn("the cache is on a file system without locks: {}", InWords.of(e));
        return false;
      }
      long there = bytesBelow(Durable.unfinished(entry));
      if (there != seen) { // a pod that hangs is no progress
        seen = there;
        listener.moved("waiting for another pod, which fetches " + source);
        LOG.info("another pod fetches {}: {} so far", source, Download.bytes(there));
      }
      listener.mayGoOn();
      try {
        TimeUnit.SECONDS.sleep(1);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw TrainingFailure.temporaryIo("the fetch was interrupted", e);
      }
    }
  }

  private boolean isWhole(Path entry) throws IOException {
    Path description = entry.resolve(DESCRIPTION);
    if (!Files.exists(description)) {
      return false;
    }
    Optional<Description> written = JsonFile.readOrPassOver(description, Description.class);
    Path content = entry.resolve(CONTENT);
    if (written.isPresent() && written.get().equals(describe(written.get().source(), content))) {
      return true;
    }
    LOG.warn("{} is not what was fetched any more; it is fetched again", entry);
    return false;
  }

  private static Description describe(String source, Path content) throws IOException {
    if (!Files.exists(content)) {
      return new Description(source, 0, 0);
    }
    try (Stream<Path> paths = Files.walk(content)) {
      long[] sizes =
          paths.filter(Files::isRegularFile).mapToLong(path -> path.toFile().length()).toArray();
      return new Description(source, sizes.length, Arrays.stream(sizes).sum());
    }
  }

  private static long bytesBelow(Path unfinished) {
    try {
      return describe("", unfinished).bytes();
    } catch (IOException | UncheckedIOException e) {
      return 0; // it was just given its name
    }
  }
}
