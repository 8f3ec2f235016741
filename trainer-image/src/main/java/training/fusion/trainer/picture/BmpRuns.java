package training.fusion.trainer.picture;

import training.fusion.trainer.picture.BmpHeader.Compression;

/** A BMP's run lengths (Microsoft, "Bitmap Compression"). */
final class BmpRuns {
  private static final int END_OF_LINE = 0;
  private static final int END_OF_PICTURE = 1;
  private static final int MOVE = 2;

  private final byte[] content;
  private final int width;
  private final byte[] indices;
  private final boolean halves;
  private int at;
  private int x;
  private long y;

  private BmpRuns(byte[] content, BmpHeader header) {
    this.content = content;
    this.width = header.width();
    this.indices = new byte[header.width() * header.height()];
    this.halves = header.compression() == Compression.RUNS_OF_4_BITS;
    this.at = header.start();
  }

  /**
   * Indices into the palette, [height, width], in the file's order of rows; 0 where the file says
   * nothing of a pixel.
   *
   * @throws DamagedPicture if it ends before the last row does
   */
  static byte[] unpack(byte[] content, BmpHeader header) throws DamagedPicture {
    var runs = new BmpRuns(content, header);
    runs.run(header.height());
    return runs.indices;
  }

  private void run(int height) throws DamagedPicture {
    while (y < height && !(y == height - 1 && x >= width)) {
      int count = next();
      int value = next();
      if (count > 0) {
        for (int i = 0; i < count; i++) {
          put(halves ? half(value, i) : value);
        }
      } else if (value == END_OF_LINE) {
        x = 0;
        y++;
      } else if (value == END_OF_PICTURE) {
        return;
      } else if (value == MOVE) {
        x += next();
        y += next();
      } else {
        literal(value);
      }
    }
  }

  /** Pixels one by one, filled up to a whole number of words. */
  private void literal(int count) throws DamagedPicture {
    int bytes = halves ? (count + 1) / 2 : count;
    int begin = at;
    for (int i = 0; i < count; i++) {
      int value = byteAt(begin + (halves ? i / 2 : i));
      put(halves ? half(value, i) : value);
    }
    at = begin + bytes + bytes % 2;
  }

  /** A pixel; what goes beyond the row is passed over. */
  private void put(int index) {
    if (x < width) {
      indices[(int) (y * width + x)] = (byte) index;
    }
    x++;
  }

  /** The upper half of a byte for pixels 0, 2, …, the lower one for the others. */
  private static int half(int value, int pixel) {
    return (value >> (pixel % 2 == 0 ? 4 : 0)) & 0xf;
  }

  private int next() throws DamagedPicture {
    return byteAt(at++);
  }

  private int byteAt(int place) throws DamagedPicture {
    if (place < 0 || place >= content.length) {
      throw new DamagedPicture("it ends before its last row");
    }
    return content[place] & 0xff;
  }
}
