package training.fusion.trainer.picture;

import java.awt.image.ComponentSampleModel;
import java.awt.image.DataBuffer;
import java.awt.image.DataBufferByte;
import java.awt.image.Raster;

/** Decoded samples as red, green and blue bytes, without any management of colours. */
final class Colours {
  private Colours() {}

  /**
   * Colours that samples stand for.
   *
   * @param palette [colours, 3]; what it does not have is black, as in Pillow
   */
  static Picture ofPalette(Raster raster, byte[] palette) {
    int[] row = new int[raster.getWidth()];
    byte[] rgb = new byte[3 * row.length * raster.getHeight()];
    for (int y = 0; y < raster.getHeight(); y++) {
      raster.getPixels(0, y, row.length, 1, row);
      for (int x = 0; x < row.length; x++) {
        if (3 * row[x] + 2 < palette.length) {
          System.arraycopy(palette, 3 * row[x], rgb, 3 * (y * row.length + x), 3);
        }
      }
    }
    return new Picture(raster.getHeight(), row.length, 3, rgb);
  }

  /**
   * Grey of any depth, times a whole number; what is more than 255 becomes white.
   *
   * @param cut run if there is such a value
   */
  static Picture ofGrey(Raster raster, int times, Runnable cut) {
    int[] row = new int[raster.getWidth()];
    byte[] rgb = new byte[3 * row.length * raster.getHeight()];
    int most = 0;
    int at = 0;
    for (int y = 0; y < raster.getHeight(); y++) {
      raster.getPixels(0, y, row.length, 1, row);
      for (int grey : row) {
        most = Math.max(most, grey * times);
        byte level = (byte) Math.min(255, grey * times);
        rgb[at++] = level;
        rgb[at++] = level;
        rgb[at++] = level;
      }
    }
    if (most > 255) {
      cut.run();
    }
    return new Picture(raster.getHeight(), row.length, 3, rgb);
  }

  /** Grey, grey with alpha, colour or colour with alpha, of 8 or 16 bits. */
  static Picture ofSamples(Raster raster) {
    int width = raster.getWidth();
    int height = raster.getHeight();
    int bands = raster.getNumBands();
    int green = bands < 3 ? 0 : 1;
    int blue = bands < 3 ? 0 : 2;
    byte[] rgb = new byte[3 * width * height];
    if (raster.getSampleModel() instanceof ComponentSampleModel model
        && raster.getDataBuffer() instanceof DataBufferByte buffer
        && buffer.getNumBanks() == 1) {
      byte[] data = buffer.getData();
      int[] offsets = model.getBandOffsets();
      int at = 0;
      for (int y = 0; y < height; y++) {
        int from = y * model.getScanlineStride();
        for (int x = 0; x < width; x++, from += model.getPixelStride()) {
          rgb[at++] = data[from + offsets[0]];
          rgb[at++] = data[from + offsets[green]];
          rgb[at++] = data[from + offsets[blue]];
        }
      }
      return new Picture(height, width, 3, rgb);
    }
    int shift = raster.getTransferType() == DataBuffer.TYPE_USHORT ? 8 : 0;
    int[] row = new int[width * bands];
    int at = 0;
    for (int y = 0; y < height; y++) {
      raster.getPixels(0, y, width, 1, row);
      for (int x = 0; x < width; x++) {
        rgb[at++] = (byte) (row[x * bands] >> shift);
        rgb[at++] = (byte) (row[x * bands + green] >> shift);
        rgb[at++] = (byte) (row[x * bands + blue] >> shift);
      }
    }
    return new Picture(height, width, 3, rgb);
  }

  /**
   * Inks become light as in Pillow, which takes every JPEG's for inverted: what black leaves, less
   * the share that the ink takes of it.
   *
   * @param transformed whether they are stored as YCC and black
   */
  static Picture ofInks(Raster raster, boolean transformed) {
    int width = raster.getWidth();
    int height = raster.getHeight();
    byte[] rgb = new byte[3 * width * height];
    int[] row = new int[4 * width];
    int[] inks = new int[4];
    int at = 0;
    for (int y = 0; y < height; y++) {
      raster.getPixels(0, y, width, 1, row);
      for (int x = 0; x < width; x++) {
        System.arraycopy(row, 4 * x, inks, 0, 4);
        if (transformed) {
          fromYcc(inks);
        }
        int light = inks[3];
        for (int c = 0; c < 3; c++) {
          rgb[at++] = (byte) Math.max(0, light - timesShare(255 - inks[c], light));
        }
      }
    }
    return new Picture(height, width, 3, rgb);
  }

  /** a·b/255, rounded. */
  private static int timesShare(int a, int b) {
    int product = a * b + 128;
    return ((product >> 8) + product) >> 8;
  }

  /** YCC to inks in place (ITU T.871's equations in 16 fractional bits, inverted). */
  private static void fromYcc(int[] ycck) {
    int y = ycck[0];
    int cb = ycck[1] - 128;
    int cr = ycck[2] - 128;
    ycck[0] = clamp(255 - (y + ((91881 * cr + 32768) >> 16)));
    ycck[1] = clamp(255 - (y + ((-22554 * cb - 46802 * cr + 32768) >> 16)));
    ycck[2] = clamp(255 - (y + ((116130 * cb + 32768) >> 16)));
  }

  private static int clamp(int value) {
    return Math.max(0, Math.min(255, value));
  }
}
