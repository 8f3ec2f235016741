package training.fusion.trainer.picture;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import training.fusion.trainer.picture.LibWebp.Extent;

/**
 * WebP (Google's container specification): one picture, or the first frame of an animation on a
 * canvas that is black where the frame does not reach.
 */
final class WebpFile {
  private static final int CHUNK_HEADER = 8;
  private static final int RIFF_HEADER = 12;
  private static final int EXTENDED_HEADER = 10;
  private static final int FRAME_HEADER = 16;
  private static final int ANIMATED = 2;
  private static final int HAS_ALPHA = 16;

  private WebpFile() {}

  static Picture decode(byte[] content, Decoding decoding) throws DamagedPicture {
    ByteBuffer file = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
    ByteBuffer chunks = chunks(file);
    Chunk first = Chunk.next(chunks);
    boolean animated =
        first.isNamed("VP8X")
            && first.content.remaining() >= EXTENDED_HEADER
            && (first.content.get(0) & ANIMATED) != 0;
    return animated ? firstFrame(first.content, chunks, decoding) : still(content, decoding);
  }

  /** All that the file says it has; bytes after that are not of the picture. */
  private static ByteBuffer chunks(ByteBuffer file) throws DamagedPicture {
    long length = RIFF_HEADER <= file.limit() ? Integer.toUnsignedLong(file.getInt(4)) : 0;
    if (length < RIFF_HEADER || length + CHUNK_HEADER > file.limit()) {
      throw new DamagedPicture("it ends too early");
    }
    return file.slice(RIFF_HEADER, (int) length + CHUNK_HEADER - RIFF_HEADER)
        .order(ByteOrder.LITTLE_ENDIAN);
  }

  private static Picture still(byte[] content, Decoding decoding) throws DamagedPicture {
    Extent extent = LibWebp.get().extent(content);
    decoding.begin(extent.width(), extent.height(), Decoding.WHOLE);
    return new Picture(extent.height(), extent.width(), 3, LibWebp.get().rgb(content, extent));
  }

  private static Picture firstFrame(ByteBuffer canvas, ByteBuffer chunks, Decoding decoding)
      throws DamagedPicture {
    int width = 1 + threeBytes(canvas, 4);
    int height = 1 + threeBytes(canvas, 7);
    decoding.begin(width, height, Decoding.WHOLE);
    Chunk chunk = Chunk.next(chunks);
    while (!chunk.isNamed("ANMF")) {
      chunk = Chunk.next(chunks);
    }
    ByteBuffer frame = chunk.content;
    if (frame.remaining() < FRAME_HEADER) {
      throw new DamagedPicture("its first frame ends too early");
    }
    int left = 2 * threeBytes(frame, 0);
    int top = 2 * threeBytes(frame, 3);
    Extent extent = new Extent(1 + threeBytes(frame, 6), 1 + threeBytes(frame, 9));
    if (left + extent.width() > width || top + extent.height() > height) {
      throw new DamagedPicture("its first frame reaches beyond its canvas");
    }
    byte[] alone = alone(frame.slice(FRAME_HEADER, frame.limit() - FRAME_HEADER), extent);
    if (!LibWebp.get().extent(alone).equals(extent)) {
      throw new DamagedPicture("its first frame has another size than it says");
    }
    byte[] samples = LibWebp.get().rgb(alone, extent);
    Picture picture = new Picture(height, width, 3, new byte[3 * width * height]);
    for (int y = 0; y < extent.height(); y++) {
      System.arraycopy(
          samples,
          3 * y * extent.width(),
          picture.samples(),
          3 * ((top + y) * width + left),
          3 * extent.width());
    }
    return picture;
  }

  /** A frame's chunks as a file of their own: a VP8X header first, since they may have alpha. */
  private static byte[] alone(ByteBuffer frame, Extent extent) {
    int length = RIFF_HEADER + CHUNK_HEADER + EXTENDED_HEADER + frame.remaining();
    ByteBuffer file = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    file.put(latin("RIFF")).putInt(length - CHUNK_HEADER).put(latin("WEBP"));
    file.put(latin("VP8X")).putInt(EXTENDED_HEADER).putInt(HAS_ALPHA);
    putThreeBytes(file, extent.width() - 1);
    putThreeBytes(file, extent.height() - 1);
    return file.put(frame).array();
  }

  private static int threeBytes(ByteBuffer from, int at) {
    return from.getChar(at) | (from.get(at + 2) & 0xff) << 16;
  }

  private static void putThreeBytes(ByteBuffer into, int value) {
    into.putChar((char) value).put((byte) (value >> 16));
  }

  private static byte[] latin(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  /** A part of the file, without its header. */
  private record Chunk(String name, ByteBuffer content) {
    /** The next one; each begins at an even place. */
    static Chunk next(ByteBuffer chunks) throws DamagedPicture {
      if (chunks.remaining() < CHUNK_HEADER) {
        throw new DamagedPicture("it has no picture, or ends before it");
      }
      byte[] name = new byte[4];
      chunks.get(name);
      long length = Integer.toUnsignedLong(chunks.getInt());
      if (length > chunks.remaining()) {
        throw new DamagedPicture("it ends too early");
      }
      ByteBuffer content =
          chunks.slice(chunks.position(), (int) length).order(ByteOrder.LITTLE_ENDIAN);
      chunks.position((int) Math.min(chunks.limit(), chunks.position() + length + length % 2));
      return new Chunk(new String(name, StandardCharsets.ISO_8859_1), content);
    }

    boolean isNamed(String wanted) {
      return name.equals(wanted);
    }
  }
}
