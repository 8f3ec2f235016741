package training.fusion.trainer.picture;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32;

/** What a file is by its first bytes, and what can be said of its wholeness without decoding. */
enum PictureFormat {
  JPEG {
    @Override
    void check(byte[] content) {} // its decoder warns
  },
  PNG {
    /** Every chunk has a check sum, and the last is IEND (PNG 1.2, sections 3.2 and 5.3). */
    @Override
    void check(byte[] content) throws DamagedPicture {
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
  },
  BMP {
    /** The header has the file's length. */
    @Override
    void check(byte[] content) throws DamagedPicture {
      long length =
          content.length < 6
              ? 6
              : Integer.toUnsignedLong(
                  ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN).getInt(2));
      if (content.length < length) {
        throw new DamagedPicture(
            "it ends after %d of the %d bytes that its header announces"
                .formatted(content.length, length));
      }
    }
  };

  private static final int SIGNATURE = 8;
  private static final int END = 0x49454E44; // "IEND"

  /** Refuses content of which a part is missing or altered, as far as the format tells. */
  abstract void check(byte[] content) throws DamagedPicture;

  /** The format of a file's content. */
  static PictureFormat of(byte[] content) throws DamagedPicture {
    if (starts(content, 0xff, 0xd8, 0xff)) {
      return JPEG;
    }
    if (starts(content, 0x89, 'P', 'N', 'G', 0x0d, 0x0a, 0x1a, 0x0a)) {
      return PNG;
    }
    if (starts(content, 'B', 'M')) {
      return BMP;
    }
    throw new DamagedPicture(
        content.length == 0 ? "it is empty" : "it is neither JPEG, PNG nor BMP");
  }

  private static boolean starts(byte[] content, int... bytes) {
    if (content.length < bytes.length) {
      return false;
    }
    for (int i = 0; i < bytes.length; i++) {
      if (content[i] != (byte) bytes[i]) {
        return false;
      }
    }
    return true;
  }
}
