package training.fusion.trainer.model;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Entries of a zip as libtorch reads them: stored, not compressed. */
public final class StoredEntries {
  private StoredEntries() {}

  /**
   * Writes an entry.
   *
   * @param content what remains of it, which stays as it is
   */
  public static void store(ZipOutputStream zip, String name, ByteBuffer content)
      throws IOException {
    ByteBuffer bytes = content.duplicate();
    var crc = new CRC32();
    crc.update(bytes.duplicate());
    var entry = new ZipEntry(name);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(bytes.remaining());
    entry.setCompressedSize(bytes.remaining());
    entry.setCrc(crc.getValue());
    entry.setTime(0); // the same content gives the same file
    zip.putNextEntry(entry);
    byte[] chunk = new byte[Math.min(bytes.remaining(), 1 << 16)];
    while (bytes.hasRemaining()) {
      int count = Math.min(chunk.length, bytes.remaining());
      bytes.get(chunk, 0, count);
      zip.write(chunk, 0, count);
    }
    zip.closeEntry();
  }
}
