package training.fusion.trainer.data;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import training.fusion.trainer.FreeSpace;
import training.fusion.trainer.PlainFile;
import training.fusion.trainer.sample.PictureCache;

/**
 * A folder of files of decoded pictures, which trainings on one machine share. Each is named by all
 * that its bytes depend on, counts as long as it may become, and is locked while a training uses
 * it; where a new one has no room, those that were not used for longest are removed.
 */
final class SharedPictures {
  private static final Logger LOG = LoggerFactory.getLogger(SharedPictures.class);
  private static final String SUFFIX = ".pictures";

  private final Path folder;
  private final long most;

  /**
   * The files of a folder.
   *
   * @param most bytes that all of them may have
   */
  SharedPictures(Path folder, long most) {
    this.folder = folder;
    this.most = most;
  }

  /**
   * A cache for as many pictures as there is room for; null: for none, since others are in use.
   *
   * @throws IOException if the folder cannot be used
   */
  @Nullable PictureCache open(KeptPictures wanted) throws IOException {
    Files.createDirectories(folder);
    Path own = folder.resolve(wanted.digest() + SUFFIX);
    try (FileChannel channel = writable(folder.resolve("lock"))) {
      channel.lock(); // until the channel is closed
      List<Path> others = others(own);
      long taken = 0;
      for (Path other : others) {
        taken += bytes(other);
      }
      // what was promised before stays promised
      long budget = Math.min(most, Math.max(FreeSpace.half(folder), bytes(own) + taken));
      taken = makeRoom(others, taken, budget - wanted.bytes());
      int slots = wanted.fitting(Math.max(0, budget - taken));
      LOG.info(
          "decoded pictures in {}, shared by trainings, at most {} in all: {}",
          folder,
          KeptPictures.mebibytes(budget),
          wanted.words(slots));
      return slots == 0 ? null : cache(own, wanted, slots);
    } catch (OverlappingFileLockException e) {
      throw new IOException("another training of this process opens one", e);
    }
  }

  /** Removes the oldest that nobody uses, until the rest has this size; tells what it has. */
  private static long makeRoom(List<Path> others, long taken, long allowed) throws IOException {
    long rest = taken;
    for (Path other : others) {
      long bytes = bytes(other);
      if (rest > Math.max(0, allowed) && bytes > 0 && isRemoved(other)) {
        rest -= bytes;
      }
    }
    return rest;
  }

  private static boolean isRemoved(Path other) throws IOException {
    try (FileChannel channel = writable(other)) {
      if (channel.tryLock() == null) {
        return false;
      }
      LOG.info("{} was not used for longest, and is removed for its room", other);
      Files.delete(other);
      return true;
    } catch (OverlappingFileLockException e) {
      return false;
    }
  }

  private PictureCache cache(Path path, KeptPictures wanted, int slots) throws IOException {
    if (Files.exists(path)) {
      PlainFile.check(path);
    }
    var file = new RandomAccessFile(path.toFile(), "rw");
    try {
      lockWhileOpen(file);
      // what is announced is taken, so that others see it; only what is written takes the disk
      file.setLength(slots * PictureCache.slotBytes(wanted.imageBytes()));
      Files.setLastModifiedTime(path, FileTime.from(Instant.now()));
      return new PictureCache(file, folder, wanted.imageBytes(), slots, true);
    } catch (IOException e) {
      file.close();
      throw e;
    }
  }

  private static void lockWhileOpen(RandomAccessFile file) throws IOException {
    try {
      file.getChannel().tryLock(0, Long.MAX_VALUE, true);
    } catch (OverlappingFileLockException e) {
      LOG.debug("this process uses the file already");
    }
  }

  /** The others, those first that were not used for longest. */
  private List<Path> others(Path own) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> file.toString().endsWith(SUFFIX) && !file.equals(own))
          .sorted(Comparator.comparingLong(file -> file.toFile().lastModified()))
          .toList();
    }
  }

  private static FileChannel writable(Path file) throws IOException {
    return FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
  }

  private static long bytes(Path file) throws IOException {
    try {
      return Files.size(file);
    } catch (NoSuchFileException e) {
      return 0;
    }
  }
}
