package training.fusion.trainer.picture;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.stream.IntStream;

/**
 * What stands before the pixels of a GIF's first frame (GIF89a specification).
 *
 * @param width of the screen, which grows with a frame that reaches beyond it
 * @param palette red, green and blue of each index; empty: an index is a grey level
 * @param around the index of what the frame does not reach
 * @param end where the frame's indices begin
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record GifHeader(int width, int height, Frame frame, byte[] palette, int around, int end) {
  /** Where a frame is on the screen, and whether its rows are out of order. */
  record Frame(int left, int top, int width, int height, boolean interlaced) {
    /** Its rows in the order in which they are stored: every eighth first, if interlaced. */
    int[] rows() {
      return interlaced
          ? IntStream.of(8, 4, 2, 1).flatMap(this::pass).toArray()
          : IntStream.range(0, height).toArray();
    }

    /** With multiples of a step, those that no pass before had. */
    private IntStream pass(int step) {
      return IntStream.range(0, height)
          .filter(row -> row % step == 0 && (step == 8 || row % (2 * step) != 0));
    }
  }

  private static final int SIGNATURE = 6;
  private static final int EXTENSION = '!';
  private static final int CONTROL = 0xf9;
  private static final int IMAGE = ',';
  private static final int END = ';';
  private static final int HAS_PALETTE = 0x80;
  private static final int INTERLACED = 0x40;

  /** Of 256 colours, which is the most that a screen can say. */
  private static final int LARGEST_PALETTE = 0xf7;

  /**
   * Reads it.
   *
   * @throws DamagedPicture if there is no frame, or the file ends before it
   */
  static GifHeader of(byte[] content) throws DamagedPicture {
    ByteBuffer file = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
    try {
      return read(file.position(SIGNATURE));
    } catch (BufferUnderflowException | IndexOutOfBoundsException | IllegalArgumentException e) {
      throw new DamagedPicture("it ends before its first frame", e);
    }
  }

  private static GifHeader read(ByteBuffer file) throws DamagedPicture {
    int width = file.getChar();
    int height = file.getChar();
    int flags = file.get();
    file.getChar(); // which colour is behind the frame, and the shape of a pixel: neither counts
    byte[] common = palette(file, flags);
    int transparent = 0;
    for (int kind = file.get() & 0xff; kind != IMAGE; kind = file.get() & 0xff) {
      if (kind == END) {
        throw new DamagedPicture("it has no frame");
      }
      if (kind == EXTENSION && (file.get() & 0xff) == CONTROL) {
        transparent = control(file, transparent);
      } else if (kind == EXTENSION) {
        skip(file);
      }
    }
    int left = file.getChar();
    int top = file.getChar();
    int across = file.getChar();
    int down = file.getChar();
    int frameFlags = file.get();
    byte[] own = palette(file, frameFlags);
    return new GifHeader(
        Math.max(width, left + across),
        Math.max(height, top + down),
        new Frame(left, top, across, down, (frameFlags & INTERLACED) != 0),
        own.length > 0 ? own : common,
        transparent,
        file.position());
  }

  /**
   * The frame's indices as a file of their own, in the order in which they are stored, whose
   * palette has all 256. The JDK's decoder cuts indices that a palette lacks, and loses rows of
   * interlaced frames of up to four.
   */
  byte[] plain(byte[] content) {
    int size = SIGNATURE + 7 + 3 * 256 + 10;
    ByteBuffer plain =
        ByteBuffer.allocate(size + content.length - end).order(ByteOrder.LITTLE_ENDIAN);
    plain.put(content, 0, SIGNATURE).putChar((char) frame.width).putChar((char) frame.height);
    plain.put((byte) LARGEST_PALETTE).putChar((char) 0).position(size - 10);
    plain.put((byte) IMAGE).putInt(0).putChar((char) frame.width).putChar((char) frame.height);
    return plain.put((byte) 0).put(content, end, content.length - end).array();
  }

  /** The index that is transparent by a control extension, or the one that was before it. */
  private static int control(ByteBuffer file, int before) {
    int length = file.get(file.position()) & 0xff;
    boolean says = length >= 4 && (file.get(file.position() + 1) & 1) != 0;
    int index = says ? file.get(file.position() + 4) & 0xff : before;
    skip(file);
    return index;
  }

  /** Blocks up to an empty one. */
  private static void skip(ByteBuffer file) {
    for (int length = file.get() & 0xff; length > 0; length = file.get() & 0xff) {
      file.position(file.position() + length);
    }
  }

  /** Empty if there is none, or if it gives each index the grey of its number. */
  private static byte[] palette(ByteBuffer file, int flags) {
    if ((flags & HAS_PALETTE) == 0) {
      return new byte[0];
    }
    byte[] colours = new byte[3 << ((flags & 7) + 1)];
    file.get(colours);
    for (int i = 0; i < colours.length; i++) {
      if (colours[i] != (byte) (i / 3)) {
        return colours;
      }
    }
    return new byte[0];
  }
}
