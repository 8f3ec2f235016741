package training.fusion.trainer.source;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.zip.UnixStat;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;
import training.fusion.trainer.InWords;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.checkpoint.Durable;

/**
 * A tar, tar.gz or zip file, known by its content rather than its name. Unpacking it writes plain
 * files and folders below one folder, nothing else: a path that leaves it, a symbolic link or a
 * device is refused by name; a tar's hard link is another name of a file before it.
 */
final class Archive {
  /**
   * How many times its size an archive may grow. Deflate itself reaches 1032 with one byte
   * repeated; no data set comes near.
   */
  private static final long LARGEST_GROWTH = 1000;

  private static final long ALWAYS_ALLOWED = 1L << 30;
  private static final int TAR_BLOCK = 512;

  private final Path file;
  private final String name;

  private Archive(Path file, String name) {
    this.file = file;
    this.name = name;
  }

  private enum Kind {
    TAR,
    TAR_GZ,
    ZIP,
    NONE
  }

  /**
   * Unpacks a file if it is an archive. What was written of one that is refused is removed.
   *
   * @param name where it came from, for messages
   * @return false if it is none, and nothing was written
   * @throws TrainingFailure BadData if it is damaged or holds what it may not
   */
  static boolean unpack(Path file, String name, Path target, FetchListener listener, Room room)
      throws IOException {
    long largest = ALWAYS_ALLOWED + LARGEST_GROWTH * Files.size(file);
    return unpack(file, name, target, listener, room, largest);
  }

  /**
   * The same with another bound.
   *
   * @param largest bytes that its files may have together
   */
  static boolean unpack(
      Path file, String name, Path target, FetchListener listener, Room room, long largest)
      throws IOException {
    Kind kind = kind(file);
    if (kind == Kind.NONE) {
      return false;
    }
    Files.createDirectories(target);
    try {
      new Archive(file, name).unpack(kind, new Unpacking(name, target, listener, room, largest));
      return true;
    } catch (TrainingFailure e) {
      Durable.delete(target);
      throw e;
    }
  }

  private void unpack(Kind kind, Unpacking target) {
    try {
      if (kind == Kind.ZIP) {
        unzip(target);
      } else {
        untar(target, kind == Kind.TAR_GZ);
      }
    } catch (IOException | IllegalArgumentException e) {
      throw damaged(e); // commons-compress tells damage by these two
    }
  }

  private static Kind kind(Path file) throws IOException {
    try (InputStream input = new BufferedInputStream(Files.newInputStream(file))) {
      byte[] begin = input.readNBytes(TAR_BLOCK);
      if (begin.length >= 4 && begin[0] == 'P' && begin[1] == 'K' && begin[2] <= 6) {
        return Kind.ZIP;
      }
      boolean gzip = begin.length >= 2 && begin[0] == 0x1f && begin[1] == (byte) 0x8b;
      if (!gzip) {
        return TarArchiveInputStream.matches(begin, begin.length) ? Kind.TAR : Kind.NONE;
      }
    }
    try (InputStream input = new GZIPInputStream(Files.newInputStream(file))) {
      byte[] begin = input.readNBytes(TAR_BLOCK);
      return TarArchiveInputStream.matches(begin, begin.length) ? Kind.TAR_GZ : Kind.NONE;
    } catch (ZipException | java.io.EOFException e) {
      return Kind.NONE; // a damaged gzip file is told of by whoever reads it
    }
  }

  private void untar(Unpacking target, boolean gzip) throws IOException {
    InputStream raw = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
    try (InputStream plain = gzip ? new GZIPInputStream(raw, 1 << 16) : raw;
        var blocks = new TarStream(plain);
        var tar = new TarArchiveInputStream(blocks)) {
      blocks.beginHeaders();
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        blocks.endHeaders();
        untar(entry, tar, target);
        blocks.beginHeaders();
      }
      if (!blocks.endsAsItShould()) {
        throw new IOException("it lacks the empty blocks at its end, so entries may be missing");
      }
    }
  }

  private static void untar(TarArchiveEntry entry, InputStream content, Unpacking target)
      throws IOException {
    String name = entry.getName();
    if (Unpacking.isNobodysData(name)) {
      return;
    }
    if (entry.isLink()) {
      target.link(name, entry.getLinkName());
    } else if (entry.isDirectory()) {
      target.folder(name);
    } else if (entry.isSymbolicLink()
        || entry.isFIFO()
        || entry.isBlockDevice()
        || entry.isCharacterDevice()
        || !entry.isFile()) {
      throw target.refused(name, "is a symbolic link, a device or a named pipe");
    } else {
      target.file(name, content);
    }
  }

  private void unzip(Unpacking target) throws IOException {
    try (ZipFile zip = ZipFile.builder().setPath(file).get()) {
      List<ZipArchiveEntry> entries = Collections.list(zip.getEntries());
      ZipDirectory.check(file, entries);
      target.announced(entries.stream().mapToLong(e -> Math.max(0, e.getSize())).sum());
      for (ZipArchiveEntry entry : entries) {
        if (!Unpacking.isNobodysData(entry.getName())) {
          unzip(zip, entry, target);
        }
      }
    }
  }

  private static void unzip(ZipFile zip, ZipArchiveEntry entry, Unpacking target)
      throws IOException {
    String name = entry.getName();
    int type = entry.getUnixMode() & UnixStat.FILE_TYPE_FLAG;
    if (type != 0 && type != UnixStat.FILE_FLAG && type != UnixStat.DIR_FLAG) {
      throw target.refused(name, "is a link, a device or a named pipe");
    }
    if (!zip.canReadEntryData(entry)) {
      throw target.refused(name, "is encrypted or compressed in an unusual way");
    }
    if (entry.isDirectory()) {
      target.folder(name);
      return;
    }
    try (InputStream content = zip.getInputStream(entry)) {
      Unpacking.Written written = target.file(name, content);
      if (written.bytes() != entry.getSize() || written.crc() != entry.getCrc()) {
        throw new ZipException(
            "the entry %s is not what its directory says: its length or check sum differs"
                .formatted(EntryName.printed(name)));
      }
    }
  }

  private TrainingFailure damaged(Exception e) {
    return TrainingFailure.badData(
        "%s is a damaged archive: %s; make it again".formatted(name, InWords.of(e)));
  }
}
