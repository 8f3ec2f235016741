package training.fusion.trainer.source;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.zip.ZipException;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;

/**
 * A zip file says everything twice: in its directory at the end, and before each entry. Where the
 * two differ, or the directory lacks entries that it counts, somebody reads something else than was
 * written (APPNOTE 6.3.10, 4.3.7, 4.3.14 and 4.3.16).
 */
final class ZipDirectory {
  private static final int END = 0x06054b50;
  private static final int END_BYTES = 22;
  private static final int LONGEST_COMMENT = 0xffff;
  private static final int LOCATOR = 0x07064b50;
  private static final int LOCATOR_BYTES = 20;
  private static final int END_64 = 0x06064b50;
  private static final int END_64_BYTES = 56;
  private static final int LOCAL = 0x04034b50;
  private static final int LOCAL_BYTES = 30;

  private final FileChannel file;

  private ZipDirectory(FileChannel file) {
    this.file = file;
  }

  /**
   * Compares a directory's entries with what the file says elsewhere.
   *
   * @throws ZipException saying what differs
   */
  static void check(Path path, List<ZipArchiveEntry> entries) throws IOException {
    try (var channel = FileChannel.open(path, StandardOpenOption.READ)) {
      var directory = new ZipDirectory(channel);
      directory.checkCount(entries.size());
      directory.checkPlaces(entries);
    }
  }

  private void checkCount(long found) throws IOException {
    long size = file.size();
    int length = (int) Math.min(size, END_BYTES + LONGEST_COMMENT);
    ByteBuffer tail = read(size - length, length);
    for (int at = length - END_BYTES; at >= 0; at--) {
      if (tail.getInt(at) == END) {
        checkCount(found, Short.toUnsignedInt(tail.getShort(at + 10)), size - length + at);
        return;
      }
    }
    throw new ZipException("its directory has no end");
  }

  private void checkCount(long found, int said, long end) throws IOException {
    if (end >= LOCATOR_BYTES) {
      ByteBuffer locator = read(end - LOCATOR_BYTES, LOCATOR_BYTES);
      if (locator.getInt(0) == LOCATOR) {
        ByteBuffer end64 = read(locator.getLong(8), END_64_BYTES);
        if (end64.getInt(0) == END_64 && end64.getLong(32) != found) {
          throw counts(found, end64.getLong(32));
        }
        return;
      }
    }
    // above 65,535 macOS's own archiver counts from 0 again
    if ((found & 0xffff) != said) {
      throw counts(found, said);
    }
  }

  private static ZipException counts(long found, long said) {
    return new ZipException(
        "its directory has %d entries and should have %d".formatted(found, said));
  }

  private void checkPlaces(List<ZipArchiveEntry> entries) throws IOException {
    List<ZipArchiveEntry> ordered = new ArrayList<>(entries);
    ordered.sort(Comparator.comparingLong(ZipArchiveEntry::getLocalHeaderOffset));
    long end = 0;
    for (ZipArchiveEntry entry : ordered) {
      String name = EntryName.printed(entry.getName());
      if (entry.getLocalHeaderOffset() < end) {
        throw new ZipException("the entry %s lies within another".formatted(name));
      }
      checkLocalName(entry);
      end = entry.getDataOffset() + Math.max(0, entry.getCompressedSize());
    }
  }

  private void checkLocalName(ZipArchiveEntry entry) throws IOException {
    byte[] name = entry.getRawName();
    ByteBuffer local = read(entry.getLocalHeaderOffset(), LOCAL_BYTES + name.length);
    byte[] localName = new byte[name.length];
    local.get(LOCAL_BYTES, localName);
    if (local.getInt(0) != LOCAL
        || Short.toUnsignedInt(local.getShort(26)) != name.length
        || !Arrays.equals(localName, name)) {
      throw new ZipException(
          "the entry %s of its directory is called %s where it begins"
              .formatted(
                  EntryName.printed(entry.getName()),
                  EntryName.printed(new String(localName, StandardCharsets.UTF_8))));
    }
  }

  private ByteBuffer read(long position, int length) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    while (bytes.hasRemaining()) {
      if (position < 0 || file.read(bytes, position + bytes.position()) < 0) {
        throw new ZipException("it ends too early");
      }
    }
    return bytes.flip();
  }
}
