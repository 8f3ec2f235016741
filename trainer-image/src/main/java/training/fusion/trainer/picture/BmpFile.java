package training.fusion.trainer.picture;

import training.fusion.trainer.picture.BmpHeader.Compression;

/**
 * BMP, as Windows and OS/2 wrote it. The JDK's reader believes sizes that are wrong in many files,
 * and knows neither OS/2's second header nor palettes of one colour.
 */
final class BmpFile {
  private BmpFile() {}

  static Picture decode(byte[] content, Decoding decoding) throws DamagedPicture {
    BmpHeader header = BmpHeader.of(content);
    decoding.begin(header.width(), header.height(), Decoding.WHOLE);
    byte[] palette = header.palette(content);
    if (header.compression() == Compression.RUNS_OF_8_BITS
        || header.compression() == Compression.RUNS_OF_4_BITS) {
      byte[] indices = BmpRuns.unpack(content, header);
      return picture(header, indices, 8, palette, 0, header.width());
    }
    long last = header.start() + header.stride() * (header.height() - 1) + header.rowLength();
    if (header.start() < 0 || content.length < last) {
      throw new DamagedPicture(
          "it ends after %d of the %d bytes that its header announces"
              .formatted(content.length, last));
    }
    return picture(header, content, header.bits(), palette, header.start(), header.stride());
  }

  private static Picture picture(
      BmpHeader header, byte[] rows, int bits, byte[] palette, long start, long stride) {
    int width = header.width();
    int height = header.height();
    byte[] rgb = new byte[3 * width * height];
    for (int y = 0; y < height; y++) {
      int from = (int) (start + stride * (header.topDown() ? y : height - 1 - y));
      int to = 3 * y * width;
      switch (bits) {
        case 24 -> reverse(rows, from, rgb, to, width);
        case 16, 32 -> {
          unmask(rows, from, bits / 8, header.masks().red(), rgb, to, width);
          unmask(rows, from, bits / 8, header.masks().green(), rgb, to + 1, width);
          unmask(rows, from, bits / 8, header.masks().blue(), rgb, to + 2, width);
        }
        default -> look(rows, from, bits, palette, rgb, to, width);
      }
    }
    return new Picture(height, width, 3, rgb);
  }

  /** Blue, green and red become red, green and blue. */
  private static void reverse(byte[] row, int from, byte[] rgb, int to, int width) {
    for (int i = 0; i < 3 * width; i += 3) {
      rgb[to + i] = row[from + i + 2];
      rgb[to + i + 1] = row[from + i + 1];
      rgb[to + i + 2] = row[from + i];
    }
  }

  /** What a mask leaves of a pixel, of 255 where it fills its mask; cut to whole levels. */
  private static void unmask(
      byte[] row, int from, int length, int mask, byte[] rgb, int to, int width) {
    int shift = Integer.numberOfTrailingZeros(mask) & 31;
    long most = Math.max(1, Integer.toUnsignedLong(mask) >>> shift);
    for (int x = 0; x < width; x++) {
      int pixel = 0;
      for (int i = length - 1; i >= 0; i--) {
        pixel = (pixel << 8) | (row[from + length * x + i] & 0xff);
      }
      long value = Integer.toUnsignedLong(pixel & mask) >>> shift;
      rgb[to + 3 * x] = (byte) (value * 255 / most);
    }
  }

  /** Colours of the palette; black for those that it has not. */
  private static void look(
      byte[] row, int from, int bits, byte[] palette, byte[] rgb, int to, int width) {
    int most = (1 << bits) - 1;
    for (int x = 0; x < width; x++) {
      int bit = x * bits;
      int index = (row[from + bit / 8] >> (8 - bits - bit % 8)) & most;
      if (3 * index < palette.length) {
        System.arraycopy(palette, 3 * index, rgb, to + 3 * x, 3);
      }
    }
  }
}
