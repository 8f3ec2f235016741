package training.fusion.trainer.source;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.apache.commons.compress.archivers.ArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;
import training.fusion.trainer.InWords;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.checkpoint.Durable;

/**
 * A tar, tar.gz or zip file, known by its content rather than its name. Unpacking it writes plain
 * files and folders below one folder, nothing else: a path that leaves it, a link or a device is
 * refused by name.
 */
final class Archive {
  /**
   * How many times its size an archive may grow. Deflate itself reaches 1032 with one byte
   * repeated; no data set comes near.
   */
  private static final long LARGEST_GROWTH = 1000;

  private static final long ALWAYS_ALLOWED = 1L << 30;
  private static final int MOST_ENTRIES = 20_000_000;
  private static final int TAR_BLOCK = 512;
  private static final String FROM_MACOS = "__MACOSX/";

  private final Path file;
  private final String name;
  private final FetchListener listener;
  private long bytesLeft;
  private int entriesLeft = MOST_ENTRIES;

  private Archive(Path file, String name, FetchListener listener, long largest) {
    this.file = file;
    this.name = name;
    this.listener = listener;
    this.bytesLeft = largest;
  }

  private enum Kind {
    TAR,
    TAR_GZ,
    ZIP,
    NONE
  }

  /**
   * Unpacks a file if it is an archive.
   *
   * @param name where it came from, for messages
   * @return false if it is none, and nothing was written
   * @throws TrainingFailure BadData if it is damaged or holds what it may not
   */
  static boolean unpack(Path file, String name, Path target, FetchListener listener)
      throws IOException {
    long largest = ALWAYS_ALLOWED + LARGEST_GROWTH * Files.size(file);
    return unpack(file, name, target, listener, largest);
  }

  /**
   * The same with another bound.
   *
   * @param largest bytes that its files may have together
   */
  static boolean unpack(Path file, String name, Path target, FetchListener listener, long largest)
      throws IOException {
    Kind kind = kind(file);
    if (kind == Kind.NONE) {
      return false;
    }
    var archive = new Archive(file, name, listener, largest);
    try {
      Files.createDirectories(target);
      if (kind == Kind.ZIP) {
        archive.unzip(target);
      } else {
        archive.untar(target, kind == Kind.TAR_GZ);
      }
      return true;
    } catch (Writing e) {
      throw Durable.failure(target, e.cause);
    } catch (FileAlreadyExistsException e) {
      throw archive.damaged(e);
    } catch (FileSystemException e) {
      throw Durable.failure(target, e);
    } catch (IOException | IllegalArgumentException e) {
      throw archive.damaged(e); // commons-compress tells damage by these two
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

  private void untar(Path target, boolean gzip) throws IOException {
    InputStream raw = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
    try (InputStream plain = gzip ? new GZIPInputStream(raw, 1 << 16) : raw;
        var tar = new TarArchiveInputStream(plain)) {
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        boolean known = entry.isDirectory() || entry.isFile();
        if (!known || entry.isLink() || entry.isSymbolicLink()) {
          throw refused(entry.getName(), "is a link or a device");
        }
        write(entry, tar, target);
      }
    }
  }

  private void unzip(Path target) throws IOException {
    try (ZipFile zip = ZipFile.builder().setPath(file).get()) {
      var entries = zip.getEntries();
      while (entries.hasMoreElements()) {
        ZipArchiveEntry entry = entries.nextElement();
        if (entry.isUnixSymlink()) {
          throw refused(entry.getName(), "is a link");
        }
        if (!zip.canReadEntryData(entry)) {
          throw refused(entry.getName(), "is encrypted or compressed in an unusual way");
        }
        try (InputStream content = zip.getInputStream(entry)) {
          write(entry, content, target);
        }
      }
    }
  }

  private void write(ArchiveEntry entry, InputStream content, Path target) throws IOException {
    if (--entriesLeft < 0) {
      throw refused(entry.getName(), "is one entry too many");
    }
    listener.mayGoOn();
    if (entry.getName().startsWith(FROM_MACOS)) {
      return;
    }
    Path path = inside(entry.getName(), target);
    if (entry.isDirectory()) {
      Files.createDirectories(path);
      return;
    }
    Files.createDirectories(java.util.Objects.requireNonNull(path.getParent()));
    byte[] piece = new byte[1 << 16];
    try (OutputStream output = Files.newOutputStream(path)) {
      for (int count = content.read(piece); count >= 0; count = content.read(piece)) {
        bytesLeft -= count;
        if (bytesLeft < 0) {
          throw refused(
              entry.getName(),
              "makes it more than the largest size that is unpacked, 1000 times the archive's");
        }
        write(output, piece, count);
        listener.moved("unpacking " + name);
      }
    }
  }

  private Path inside(String entry, Path target) {
    try {
      Path path = target.resolve(entry).normalize();
      boolean up = Arrays.asList(entry.split("[/\\\\]")).contains("..");
      if (!up
          && path.startsWith(target)
          && !entry.startsWith("/")
          && !path.equals(target.getRoot())) {
        return path;
      }
    } catch (InvalidPathException e) {
      // a name that no file can have
    }
    throw refused(entry, "has a path that leaves its folder");
  }

  /** Failures of the disk, told from damage in the archive. */
  private static final class Writing extends IOException {
    private static final long serialVersionUID = 1L;
    private final IOException cause;

    Writing(IOException cause) {
      super(cause);
      this.cause = cause;
    }
  }

  private static void write(OutputStream output, byte[] piece, int count) throws Writing {
    try {
      output.write(piece, 0, count);
    } catch (IOException e) {
      throw new Writing(e);
    }
  }

  private TrainingFailure refused(String entry, String why) {
    return TrainingFailure.badData(
        "%s: the entry %s %s; an archive of plain files and folders is expected"
            .formatted(name, entry.replaceAll("\\p{Cntrl}", "?"), why));
  }

  private TrainingFailure damaged(Exception e) {
    return TrainingFailure.badData(
        "%s is a damaged archive: %s; make it again".formatted(name, InWords.of(e)));
  }
}
