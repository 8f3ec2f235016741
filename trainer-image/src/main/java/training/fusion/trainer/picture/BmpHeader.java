package training.fusion.trainer.picture;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Set;

/**
 * What a BMP's headers say; of sizes only those that samples are found by, for the others are wrong
 * in many files.
 *
 * @param start of the samples in the file
 * @param topDown whether the first row is the highest
 * @param bits of a pixel
 * @param masks of pixels that have their colours themselves
 * @param colours of the palette; 0 if pixels have their colours themselves
 * @param colourLength bytes of a colour of the palette
 * @param end of the header, where the palette is
 */
record BmpHeader(
    int start,
    int width,
    int height,
    boolean topDown,
    int bits,
    Compression compression,
    Masks masks,
    int colours,
    int colourLength,
    int end) {

  /** How rows are stored. */
  enum Compression {
    NONE,
    RUNS_OF_8_BITS,
    RUNS_OF_4_BITS,
    MASKS
  }

  /** Which bits of a pixel are red, green and blue. */
  record Masks(int red, int green, int blue) {}

  private static final int FILE_HEADER = 14;
  private static final int OS2 = 12;
  private static final int WINDOWS_3 = 40;

  /** Those of Windows 3 (with masks, and with alpha's, in it), of OS/2 2, of Windows 4 and 5. */
  private static final Set<Integer> SIZES = Set.of(OS2, WINDOWS_3, 52, 56, 64, 108, 124);

  private static final Masks OF_16_BITS = new Masks(0x7c00, 0x3e0, 0x1f);
  private static final Masks OF_32_BITS = new Masks(0xff0000, 0xff00, 0xff);

  /**
   * Reads them.
   *
   * @throws DamagedPicture if they are not whole, or of a kind that is not read
   */
  static BmpHeader of(byte[] content) throws DamagedPicture {
    ByteBuffer file = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
    int size = file.limit() < FILE_HEADER + OS2 ? 0 : file.getInt(FILE_HEADER);
    if (file.limit() < FILE_HEADER + OS2 || file.limit() < FILE_HEADER + (long) size) {
      throw new DamagedPicture("it ends within its header");
    }
    if (!SIZES.contains(size)) {
      throw new DamagedPicture("its header of %d bytes is of no kind that is read".formatted(size));
    }
    boolean old = size == OS2;
    int width = old ? file.getChar(18) : file.getInt(18);
    int height = old ? file.getChar(20) : file.getInt(22);
    int bits = file.getChar(old ? 24 : 28);
    Compression compression = old ? Compression.NONE : compression(file.getInt(30), bits);
    if (width <= 0 || height == 0 || height == Integer.MIN_VALUE) {
      throw new DamagedPicture("it has no pixels");
    }
    int colours = colours(old ? 0 : file.getInt(46), bits);
    int end = FILE_HEADER + size;
    int start = file.getInt(10);
    if (start == end && bits <= 8) {
      start += 4 * colours; // some writers forget the palette
    }
    int colourLength = old ? 3 : 4;
    if (content.length < end + (long) colourLength * colours) {
      throw new DamagedPicture("it ends within its palette");
    }
    return new BmpHeader(
        start,
        width,
        Math.abs(height),
        height < 0,
        bits,
        compression,
        masks(file, bits, compression),
        colours,
        colourLength,
        end);
  }

  private static Compression compression(int number, int bits) throws DamagedPicture {
    if (number == 0) {
      return Compression.NONE;
    }
    if (number == 1 && bits == 8) {
      return Compression.RUNS_OF_8_BITS;
    }
    if (number == 2 && bits == 4) {
      return Compression.RUNS_OF_4_BITS;
    }
    if (number == 3 && bits >= 16) {
      return Compression.MASKS;
    }
    throw new DamagedPicture(
        "its compression %d with %d bits a pixel is not read".formatted(number, bits));
  }

  /** How many the palette has: of pixels with up to eight bits. */
  private static int colours(int used, int bits) throws DamagedPicture {
    return switch (bits) {
      case 1, 4, 8 -> used > 0 && used <= 1 << bits ? used : 1 << bits;
      case 16, 24, 32 -> 0;
      default -> throw new DamagedPicture("its %d bits a pixel are not read".formatted(bits));
    };
  }

  private static Masks masks(ByteBuffer file, int bits, Compression compression)
      throws DamagedPicture {
    Masks usual = bits == 16 ? OF_16_BITS : OF_32_BITS;
    if (compression != Compression.MASKS) {
      return usual;
    }
    int at = FILE_HEADER + WINDOWS_3; // after the header, or within a longer one: the same place
    if (file.limit() < at + 12) {
      throw new DamagedPicture("it ends within its header");
    }
    var masks = new Masks(file.getInt(at), file.getInt(at + 4), file.getInt(at + 8));
    return masks.equals(new Masks(0, 0, 0)) ? usual : masks;
  }

  /** [colours, 3]: red, green and blue. */
  byte[] palette(byte[] content) {
    byte[] palette = new byte[3 * colours];
    for (int i = 0; i < palette.length; i++) {
      palette[i] = content[end + i / 3 * colourLength + 2 - i % 3];
    }
    return palette;
  }

  /** Bytes of a row, without those that fill it up. */
  int rowLength() {
    return (int) (((long) width * bits + 7) / 8);
  }

  /** Bytes from row to row. */
  long stride() {
    return ((long) width * bits + 31) / 32 * 4;
  }
}
