package training.fusion.trainer.picture;

import java.io.IOException;
import javax.imageio.ImageReader;

/** JPEG: what libjpeg's rules take its components for, whatever else its markers say. */
final class JpegFile {
  private JpegFile() {}

  /** As much of it as is wanted. */
  static Picture decode(byte[] content, Decoding decoding) throws DamagedPicture {
    JpegHeader header = JpegHeader.of(content);
    // libjpeg keeps the coefficients of a progressive file, two bytes each
    int kept = header.isProgressive(content) ? 6 : 0;
    byte[] plain = header.plain(content);
    boolean inks = header.colours().inks();
    try {
      return JpegTables.read(
          plain,
          reader -> {
            int width = reader.getWidth(0);
            int height = reader.getHeight(0);
            if (inks || !decoding.byRows(width, height)) {
              decoding.begin(width, height, Decoding.WHOLE + kept);
              return decoding.view(whole(reader, header.colours()));
            }
            return JdkReader.byRows(reader, decoding.beginRows(width, height, kept));
          });
    } catch (RowRaster.OtherWay e) {
      return JpegTables.read(
          plain,
          reader -> {
            decoding.begin(reader.getWidth(0), reader.getHeight(0), Decoding.WHOLE + kept);
            return decoding.view(whole(reader, header.colours()));
          });
    }
  }

  private static Picture whole(ImageReader reader, JpegColours colours) throws IOException {
    return switch (colours) {
      case GREY -> Colours.ofSamples(reader.read(0).getRaster());
      case RGB, YCBCR -> JdkReader.rgb(reader);
      case CMYK, YCCK -> Colours.ofInks(reader.readRaster(0, null), colours == JpegColours.YCCK);
    };
  }
}
