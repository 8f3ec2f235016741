package training.fusion.trainer.picture;

import java.awt.image.Raster;
import java.awt.image.WritableRaster;

/** TIFF: its first picture, turned as it says, which Pillow does with no other format. */
final class TiffFile {
  private TiffFile() {}

  static Picture decode(byte[] content, Decoding decoding) throws DamagedPicture {
    TiffHeader header = TiffHeader.of(content);
    decoding.begin(header.width(), header.height(), Decoding.WHOLE);
    Picture picture =
        switch (header.compression()) {
          case JPEG -> TiffJpegs.decode(header, content);
          case GROUP_3_1D, GROUP_3, GROUP_4 ->
              JdkReader.read(
                  "TIFF",
                  header.plain(content),
                  reader -> colours(header, reader.read(0).getRaster(), decoding));
          case NONE, LZW, DEFLATE, PACK_BITS ->
              colours(header, TiffSamples.of(header, content), decoding);
        };
    return Orientation.of(header.orientation()).turned(picture);
  }

  private static Picture colours(TiffHeader header, WritableRaster raster, Decoding decoding)
      throws DamagedPicture {
    return switch (header.photometric()) {
      case TiffHeader.PALETTE -> Colours.ofPalette(raster, header.palette());
      case TiffHeader.INKS -> ofInks(raster);
      case TiffHeader.RGB ->
          header.samples() == 4 && header.extra() == TiffHeader.MULTIPLIED_BY_ALPHA
              ? ofMultiplied(raster, header.bits())
              : Colours.ofSamples(raster);
      default -> grey(header, raster, decoding);
    };
  }

  private static Picture grey(TiffHeader header, WritableRaster raster, Decoding decoding) {
    if (header.samples() == 2) {
      return Colours.ofSamples(raster);
    }
    int most = (1 << header.bits()) - 1;
    if (header.photometric() == TiffHeader.WHITE_IS_ZERO) {
      invert(raster, most);
    }
    int times = header.bits() < 8 ? 255 / most : 1;
    return Colours.ofGrey(raster, times, () -> decoding.tell(Caveat.GREY_OF_16_BITS));
  }

  /** Inks as they are, not inverted as in a JPEG of its own. */
  static Picture ofInks(WritableRaster raster) {
    invert(raster, 255);
    return Colours.ofInks(raster, false);
  }

  private static void invert(WritableRaster raster, int most) {
    int[] row = new int[raster.getNumBands() * raster.getWidth()];
    for (int y = 0; y < raster.getHeight(); y++) {
      raster.getPixels(0, y, raster.getWidth(), 1, row);
      for (int i = 0; i < row.length; i++) {
        row[i] = most - row[i];
      }
      raster.setPixels(0, y, raster.getWidth(), 1, row);
    }
  }

  /** Colours that were multiplied by alpha are divided by it; where alpha is 0 they are black. */
  private static Picture ofMultiplied(Raster raster, int bits) {
    int[] row = new int[4 * raster.getWidth()];
    byte[] rgb = new byte[3 * raster.getWidth() * raster.getHeight()];
    int at = 0;
    for (int y = 0; y < raster.getHeight(); y++) {
      raster.getPixels(0, y, raster.getWidth(), 1, row);
      for (int x = 0; x < row.length; x += 4) {
        int alpha = row[x + 3] >> (bits - 8);
        for (int c = 0; c < 3; c++) {
          int value = row[x + c] >> (bits - 8);
          rgb[at++] = (byte) (alpha == 0 ? 0 : Math.min(255, value * 255 / alpha));
        }
      }
    }
    return new Picture(raster.getHeight(), raster.getWidth(), 3, rgb);
  }
}
