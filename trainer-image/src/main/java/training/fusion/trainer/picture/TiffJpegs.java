package training.fusion.trainer.picture;

import java.awt.image.WritableRaster;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/**
 * A TIFF whose strips or tiles are JPEGs (TIFF Technical Note 2): what their samples are is said by
 * the TIFF, and tables that they have in common stand in a field of it.
 */
final class TiffJpegs {
  private static final int MARKER = 2;

  private TiffJpegs() {}

  static Picture decode(TiffHeader header, byte[] content) throws DamagedPicture {
    TiffPieces pieces = header.pieces();
    byte[] tables = header.fields().bytes(TiffDirectory.JPEG_TABLES);
    Picture picture =
        new Picture(
            header.height(), header.width(), 3, new byte[3 * header.width() * header.height()]);
    for (int i = 0; i < pieces.across() * pieces.down(); i++) {
      byte[] jpeg = jpeg(tables, content, pieces.offsets()[i], pieces.lengths()[i]);
      int left = i % pieces.across() * pieces.width();
      int top = i / pieces.across() * pieces.height();
      Picture piece = decode(colours(header), jpeg);
      int width = Math.min(pieces.width(), header.width() - left);
      int height = Math.min(pieces.height(), header.height() - top);
      if (piece.width() < width || piece.height() < height) {
        throw new DamagedPicture("a strip or tile of it is too small");
      }
      put(picture, piece, left, top, width, height);
    }
    return picture;
  }

  private static byte[] jpeg(byte[] tables, byte[] content, int offset, int length)
      throws DamagedPicture {
    if (offset < 0 || length < MARKER || offset > content.length - length) {
      throw new DamagedPicture("it ends within a strip or tile");
    }
    if (tables.length < 2 * MARKER) {
      return Arrays.copyOfRange(content, offset, offset + length);
    }
    var jpeg = new ByteArrayOutputStream(tables.length + length);
    jpeg.write(tables, 0, tables.length - MARKER); // without their end
    jpeg.write(content, offset + MARKER, length - MARKER); // without its beginning
    return jpeg.toByteArray();
  }

  private static JpegColours colours(TiffHeader header) {
    return switch (header.photometric()) {
      case TiffHeader.RGB -> JpegColours.RGB;
      case TiffHeader.YCBCR -> JpegColours.YCBCR;
      case TiffHeader.INKS -> JpegColours.CMYK;
      default -> JpegColours.GREY;
    };
  }

  private static Picture decode(JpegColours colours, byte[] content) throws DamagedPicture {
    JpegHeader own = JpegHeader.of(content);
    if ((own.colours() == JpegColours.GREY) != (colours == JpegColours.GREY)
        || own.colours().inks() != colours.inks()) {
      throw new DamagedPicture("its strips or tiles have other samples than it says");
    }
    byte[] plain = new JpegHeader(colours, own.tables(), own.scan()).plain(content);
    return JpegTables.read(
        plain,
        reader ->
            switch (colours) {
              case GREY -> Colours.ofSamples(reader.read(0).getRaster());
              case CMYK, YCCK ->
                  // rasters of this reader can be written
                  TiffFile.ofInks((WritableRaster) reader.readRaster(0, null));
              case RGB, YCBCR -> JdkReader.rgb(reader);
            });
  }

  private static void put(
      Picture picture, Picture piece, int left, int top, int width, int height) {
    for (int y = 0; y < height; y++) {
      System.arraycopy(
          piece.samples(),
          3 * y * piece.width(),
          picture.samples(),
          3 * ((top + y) * picture.width() + left),
          3 * width);
    }
  }
}
