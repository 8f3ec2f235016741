package training.fusion.trainer.picture;

import java.awt.image.Raster;
import java.util.Arrays;

/**
 * GIF's first frame on its screen, in the colours of its palette: what is transparent, or not
 * reached by the frame, has the colour that the palette gives it, as in Pillow.
 */
final class GifFile {
  private GifFile() {}

  static Picture decode(byte[] content, Decoding decoding) throws DamagedPicture {
    GifHeader header = GifHeader.of(content);
    decoding.begin(header.width(), header.height(), Decoding.WHOLE);
    return JdkReader.read(
        "GIF",
        header.plain(content),
        reader -> {
          var rows = new CountedRows();
          reader.addIIOReadUpdateListener(rows);
          Raster frame = reader.read(0).getRaster();
          if (rows.count() < header.frame().height()) {
            throw new DamagedPicture("its first frame ends too early");
          }
          return onScreen(header, frame);
        });
  }

  private static Picture onScreen(GifHeader header, Raster frame) {
    byte[] palette = header.palette();
    byte[] samples = new byte[3 * header.width() * header.height()];
    byte[] around = colour(palette, header.around());
    for (int at = 0; at < samples.length; at += 3) {
      System.arraycopy(around, 0, samples, at, 3);
    }
    int[] indices = new int[frame.getWidth()];
    int stored = 0;
    for (int row : header.frame().rows()) {
      frame.getPixels(0, stored++, indices.length, 1, indices);
      int at = 3 * ((header.frame().top() + row) * header.width() + header.frame().left());
      for (int index : indices) {
        System.arraycopy(colour(palette, index), 0, samples, at, 3);
        at += 3;
      }
    }
    return new Picture(header.height(), header.width(), 3, samples);
  }

  /** Black is what a palette lacks; without a palette an index is a grey level. */
  private static byte[] colour(byte[] palette, int index) {
    if (palette.length == 0) {
      byte[] grey = new byte[3];
      Arrays.fill(grey, (byte) index);
      return grey;
    }
    return 3 * index < palette.length
        ? Arrays.copyOfRange(palette, 3 * index, 3 * index + 3)
        : new byte[3];
  }
}
