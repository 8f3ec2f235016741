package training.fusion.trainer.source;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.zip.CRC32;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.checkpoint.Durable;

/**
 * Where an archive's entries are written: plain files and folders below one folder, within the
 * bounds of what an archive may come to.
 */
final class Unpacking {
  private static final int MOST_ENTRIES = 20_000_000;
  private static final String FROM_MACOS = "__MACOSX/";

  private final String archive;
  private final Path target;
  private final FetchListener listener;
  private final Room room;
  private long bytesLeft;
  private long looked;
  private int entriesLeft = MOST_ENTRIES;

  /** What was written of an entry. */
  record Written(long bytes, long crc) {}

  /**
   * @param archive where it came from, for messages
   * @param largest bytes that its files may have together
   */
  Unpacking(String archive, Path target, FetchListener listener, Room room, long largest) {
    this.archive = archive;
    this.target = target;
    this.listener = listener;
    this.room = room;
    this.bytesLeft = largest;
  }

  /** Where an entry belongs. */
  private Path place(String entry) {
    if (--entriesLeft < 0) {
      throw refused(entry, "is one entry too many");
    }
    listener.mayGoOn();
    try {
      return EntryName.below(target, entry);
    } catch (EntryName.Refused e) {
      throw refused(entry, String.valueOf(e.getMessage()));
    }
  }

  /** What macOS adds to its archives. */
  static boolean isNobodysData(String entry) {
    return entry.startsWith(FROM_MACOS);
  }

  void folder(String entry) throws IOException {
    writing(() -> Files.createDirectories(place(entry)));
  }

  /** Writes a file; one of the same name is replaced. */
  Written file(String entry, InputStream content) throws IOException {
    Path path = place(entry);
    makeWay(path);
    var crc = new CRC32();
    long bytes = 0;
    byte[] piece = new byte[1 << 16];
    try (OutputStream output = opened(path)) {
      for (int count = content.read(piece); count >= 0; count = content.read(piece)) {
        take(entry, count);
        crc.update(piece, 0, count);
        bytes += count;
        int length = count;
        writing(() -> output.write(piece, 0, length));
        listener.moved("unpacking " + archive);
      }
    }
    return new Written(bytes, crc.getValue());
  }

  /** Another name of a file that was written before. */
  void link(String entry, String to) throws IOException {
    Path path = place(entry);
    Path original = place(to);
    if (!Files.isRegularFile(original) || path.equals(original)) {
      throw refused(
          entry, "is a link to %s, which is no file before it".formatted(EntryName.printed(to)));
    }
    makeWay(path);
    try {
      Files.createLink(path, original);
    } catch (UnsupportedOperationException | FileSystemException e) { // not every volume has them
      take(entry, Files.size(original));
      writing(() -> Files.copy(original, path));
    }
  }

  /** Refuses what is said to be too much before it is written. */
  void announced(long bytes) {
    if (bytes > room.left(target)) {
      throw noRoom();
    }
  }

  private void makeWay(Path path) throws IOException {
    writing(
        () -> {
          Files.createDirectories(Objects.requireNonNull(path.getParent()));
          Files.deleteIfExists(path); // never through a link of another entry
        });
  }

  private void take(String entry, long bytes) {
    bytesLeft -= bytes;
    if (bytesLeft < 0) {
      throw refused(
          entry, "makes it more than the largest size that is unpacked, 1000 times the archive's");
    }
    if (looked - bytesLeft >= Room.LOOK_EVERY || looked == 0) {
      looked = bytesLeft;
      if (room.left(target) < 0) {
        throw noRoom();
      }
    }
  }

  private TrainingFailure noRoom() {
    return TrainingFailure.temporaryIo(
        "%s is too large for the volume of %s once unpacked: a part of the volume is kept for checkpoints; free some, or take a larger volume"
            .formatted(archive, target),
        new IOException("no room"));
  }

  /** An entry that is not unpacked. */
  TrainingFailure refused(String entry, String why) {
    return TrainingFailure.badData(
        "%s: the entry %s %s; an archive of plain files and folders is expected"
            .formatted(archive, EntryName.printed(entry), why));
  }

  private OutputStream opened(Path path) throws IOException {
    try {
      return Files.newOutputStream(path);
    } catch (IOException e) {
      throw failure(e);
    }
  }

  private interface Writing {
    void run() throws IOException;
  }

  /** Failures of the disk, told from damage in the archive. */
  private void writing(Writing writing) throws IOException {
    try {
      writing.run();
    } catch (java.nio.file.FileAlreadyExistsException e) {
      throw e; // a name is a file's and a folder's
    } catch (IOException e) {
      throw failure(e);
    }
  }

  private TrainingFailure failure(IOException e) {
    return Durable.failure(target, e);
  }
}
