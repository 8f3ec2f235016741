package training.fusion.trainer.picture;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SeekableByteChannel;

/**
 * What a TIFF is, without its samples: its directory, which may lie anywhere in the file, and the
 * few bytes that this refers to.
 */
final class TiffGlance {
  private static final int HEADER = 8;
  private static final int FIELD = 12;

  /** Longer ones say where samples are, or what no one needs to know what it is. */
  private static final int LONGEST_VALUE = 64;

  private TiffGlance() {}

  /**
   * The header of a file.
   *
   * @throws DamagedPicture naming what is not read, or what is damaged
   * @throws IOException if it cannot be read at all
   */
  static TiffHeader of(SeekableByteChannel file) throws IOException {
    ByteBuffer header = read(file, 0, HEADER);
    long at = Integer.toUnsignedLong(header.getInt(HEADER / 2));
    int length = 2 + FIELD * (read(file, at, 2).getChar(0) & 0xffff);
    ByteBuffer directory = read(file, at, length);
    ByteBuffer beginning =
        ByteBuffer.allocate(HEADER + length + length / FIELD * LONGEST_VALUE).order(header.order());
    beginning.put(header.duplicate()).putInt(HEADER / 2, HEADER).put(directory.duplicate());
    for (int field = 2; field + FIELD <= length; field += FIELD) {
      long bytes = TiffDirectory.bytes(directory, field);
      if (bytes > TiffDirectory.INLINE && bytes <= LONGEST_VALUE) {
        long place = Integer.toUnsignedLong(directory.getInt(field + 8));
        if (place + bytes <= file.size()) {
          beginning.putInt(HEADER + field + 8, beginning.position());
          beginning.put(read(file, place, (int) bytes));
        }
      }
    }
    return TiffHeader.of(beginning.array());
  }

  private static ByteBuffer read(SeekableByteChannel file, long from, int length)
      throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(length);
    if (from + length > file.size()) {
      throw new DamagedPicture("it ends before its directory does");
    }
    file.position(from);
    while (buffer.hasRemaining()) {
      if (file.read(buffer) < 0) {
        throw new DamagedPicture("it ends before its directory does");
      }
    }
    buffer.flip();
    return buffer.order(order(file));
  }

  private static ByteOrder order(SeekableByteChannel file) throws IOException {
    ByteBuffer first = ByteBuffer.allocate(1);
    file.position(0);
    file.read(first);
    return first.get(0) == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
  }
}
