package training.fusion.trainer.picture;

import java.nio.ByteBuffer;
import java.util.zip.CRC32;

/** PNG. */
final class PngFile {
  private static final int SIGNATURE = 8;
  private static final int END = 0x49454E44; // "IEND"

  private PngFile() {}

  static Picture decode(byte[] content) throws DamagedPicture {
    check(content);
    return JdkReader.read("PNG", content, reader -> Colours.of(reader.read(0)));
  }

  /** Every chunk has a check sum, and the last is IEND (PNG 1.2, sections 3.2 and 5.3). */
  private static void check(byte[] content) throws DamagedPicture {
    ByteBuffer chunks = ByteBuffer.wrap(content, SIGNATURE, content.length - SIGNATURE);
    while (chunks.remaining() >= 12) {
      long length = Integer.toUnsignedLong(chunks.getInt());
      if (length > chunks.remaining() - 8) {
        break;
      }
      var sum = new CRC32();
      sum.update(content, chunks.position(), (int) length + 4);
      int type = chunks.getInt();
      chunks.position(chunks.position() + (int) length);
      if (chunks.getInt() != (int) sum.getValue()) {
        throw new DamagedPicture("a check sum in it is wrong");
      }
      if (type == END) {
        return;
      }
    }
    throw new DamagedPicture("it ends too early");
  }
}
