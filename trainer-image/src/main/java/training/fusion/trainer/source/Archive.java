package training.fusion.trainer.source;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.zip.ZipException;
import org.apache.commons.compress.MemoryLimitException;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.zip.UnixStat;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;
import org.jspecify.annotations.Nullable;
import training.fusion.trainer.InWords;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.checkpoint.Durable;
import training.fusion.trainer.shard.TarStream;

/**
 * A zip file, or a tar that may be compressed by gzip, bzip2 or xz, known by its content rather
 * than its name. Unpacking it writes plain files and folders below one folder, nothing else: a path
 * that leaves it, a symbolic link or a device is refused by name; a tar's hard link is another name
 * of a file before it.
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

  /** Other archives that people have, and what they begin with, in Latin-1. */
  private static final Map<String, String> NOT_UNPACKED =
      Map.of(
          "7z", "7z\u00bc\u00af'\u001c",
          "rar", "Rar!\u001a\u0007",
          "zst", "(\u00b5/\u00fd");

  /** A null compression: a zip file. */
  private record Kind(@Nullable Compression tar) {}

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
    Optional<Kind> kind = new Archive(file, name).kind();
    if (kind.isEmpty()) {
      return false;
    }
    Files.createDirectories(target);
    try {
      new Archive(file, name)
          .unpack(kind.get(), new Unpacking(name, target, listener, room, largest));
      return true;
    } catch (TrainingFailure e) {
      Durable.delete(target);
      throw e;
    }
  }

  private void unpack(Kind kind, Unpacking target) {
    try {
      if (kind.tar() == null) {
        unzip(target);
      } else {
        untar(target, kind.tar());
      }
    } catch (MemoryLimitException e) {
      throw TrainingFailure.badData(
          "%s takes %d MiB of memory to be unpacked, more than any preset of xz does; compress it by xz -9 or less"
              .formatted(name, e.getMemoryNeededInKb() >> 10));
    } catch (IOException | IllegalArgumentException e) {
      throw damaged(e); // commons-compress tells damage by these two
    }
  }

  private Optional<Kind> kind() throws IOException {
    byte[] begin;
    try (InputStream input = Files.newInputStream(file)) {
      begin = input.readNBytes(TAR_BLOCK);
    }
    if (begin.length >= 4 && begin[0] == 'P' && begin[1] == 'K' && begin[2] <= 6) {
      return Optional.of(new Kind(null));
    }
    String text = new String(begin, StandardCharsets.ISO_8859_1);
    for (var other : NOT_UNPACKED.entrySet()) {
      if (text.startsWith(other.getValue())) {
        throw TrainingFailure.badData(
            "%s is a %s file, which is not unpacked; make a zip, tar, tar.gz, tar.bz2 or tar.xz of its content"
                .formatted(name, other.getKey()));
      }
    }
    Compression compression = Compression.of(text);
    try (InputStream input =
        compression.decompressed(new BufferedInputStream(Files.newInputStream(file)))) {
      byte[] plain = input.readNBytes(TAR_BLOCK);
      return TarArchiveInputStream.matches(plain, plain.length)
          ? Optional.of(new Kind(compression))
          : Optional.empty();
    } catch (MemoryLimitException e) {
      return Optional.of(new Kind(compression));
    } catch (ZipException | EOFException e) {
      return Optional.empty(); // a damaged gzip file is told of by whoever reads it
    } catch (IOException e) {
      if (compression == Compression.BZIP2 || compression == Compression.XZ) {
        throw damaged(e);
      }
      throw e;
    }
  }

  private void untar(Unpacking target, Compression compression) throws IOException {
    InputStream raw = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
    try (InputStream plain = compression.decompressed(raw);
        var blocks = new TarStream(plain, false);
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
      Set<String> names = new HashSet<>();
      for (ZipArchiveEntry entry : entries) {
        String name = EntryName.of(entry);
        if (!names.add(name)) {
          throw new ZipException("the entry %s is there twice".formatted(EntryName.printed(name)));
        }
        if (!Unpacking.isNobodysData(name)) {
          unzip(zip, entry, name, target);
        }
      }
    }
  }

  private static void unzip(ZipFile zip, ZipArchiveEntry entry, String name, Unpacking target)
      throws IOException {
    int type = entry.getUnixMode() & UnixStat.FILE_TYPE_FLAG;
    if (type != 0 && type != UnixStat.FILE_FLAG && type != UnixStat.DIR_FLAG) {
      throw target.refused(name, "is a link, a device or a named pipe");
    }
    if (!zip.canReadEntryData(entry)) {
      throw target.refused(name, "is encrypted or compressed in an unusual way");
    }
    if (name.endsWith("/")) {
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
