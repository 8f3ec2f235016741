package training.fusion.trainer.picture;

import java.awt.image.DataBuffer;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;

/** A TIFF's samples from its strips or tiles, as numbers. */
final class TiffSamples {
  private final TiffHeader header;
  private final TiffPieces pieces;

  /** Samples of a pixel that lie side by side: one, where each has a plane of its own. */
  private final int together;

  private TiffSamples(TiffHeader header) throws DamagedPicture {
    this.header = header;
    this.pieces = header.pieces();
    this.together = header.hasPlanes() ? 1 : header.samples();
  }

  /**
   * Reads them.
   *
   * @throws DamagedPicture if they are not all there
   */
  static WritableRaster of(TiffHeader header, byte[] content) throws DamagedPicture {
    return new TiffSamples(header).read(content);
  }

  private WritableRaster read(byte[] content) throws DamagedPicture {
    int planes = header.samples() / together;
    int count = pieces.across() * pieces.down();
    for (int i = 0; i < planes * count; i++) {
      TiffExpansion.check(
          header.compression(),
          content,
          pieces.offsets()[i],
          pieces.lengths()[i],
          length(i % count));
    }
    WritableRaster raster =
        Raster.createInterleavedRaster(
            header.bits() == Short.SIZE ? DataBuffer.TYPE_USHORT : DataBuffer.TYPE_BYTE,
            header.width(),
            header.height(),
            header.samples(),
            null);
    for (int i = 0; i < planes * count; i++) {
      byte[] bytes =
          TiffExpansion.of(
              header.compression(),
              content,
              pieces.offsets()[i],
              pieces.lengths()[i],
              length(i % count));
      put(raster, bytes, i % count, i / count);
    }
    return raster;
  }

  private int rowLength() {
    return (int) (((long) pieces.width() * together * header.bits() + 7) / 8);
  }

  private int top(int piece) {
    return piece / pieces.across() * pieces.height();
  }

  private int rows(int piece) {
    return Math.min(pieces.height(), header.height() - top(piece));
  }

  /** Bytes of a piece: tiles are filled up, the last strip is not. */
  private int length(int piece) throws DamagedPicture {
    long length = (long) rowLength() * (pieces.tiled() ? pieces.height() : rows(piece));
    if (length > Integer.MAX_VALUE - 8) {
      throw new DamagedPicture("its strips or tiles are too large");
    }
    return (int) length;
  }

  private void put(WritableRaster raster, byte[] bytes, int piece, int plane)
      throws DamagedPicture {
    int left = piece % pieces.across() * pieces.width();
    int width = Math.min(pieces.width(), header.width() - left);
    int[] row = new int[pieces.width() * together];
    boolean differences = header.hasDifferences();
    for (int y = 0; y < rows(piece); y++) {
      unpack(bytes, y * rowLength(), row);
      if (differences) {
        for (int i = together; i < row.length; i++) {
          row[i] = row[i] + row[i - together] & (1 << header.bits()) - 1;
        }
      }
      if (together < header.samples()) {
        raster.setSamples(left, top(piece) + y, width, 1, plane, row);
      } else {
        raster.setPixels(left, top(piece) + y, width, 1, row);
      }
    }
  }

  /** Numbers of 1 to 16 bits, the highest bit first. */
  private void unpack(byte[] bytes, int from, int[] row) {
    int bits = header.bits();
    boolean bigEndian = header.fields().bigEndian();
    for (int i = 0; i < row.length; i++) {
      if (bits == Short.SIZE) {
        int first = bytes[from + 2 * i] & 0xff;
        int second = bytes[from + 2 * i + 1] & 0xff;
        row[i] = bigEndian ? first << 8 | second : second << 8 | first;
      } else {
        int bit = bits * i;
        row[i] = (bytes[from + bit / 8] >> (8 - bits - bit % 8)) & ((1 << bits) - 1);
      }
    }
  }
}
