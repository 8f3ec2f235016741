package training.fusion.trainer.picture;

import java.awt.Point;
import java.awt.image.BandedSampleModel;
import java.awt.image.DataBuffer;
import java.awt.image.PixelInterleavedSampleModel;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What a reader of the JDK takes for a picture that it is to fill, and which keeps a strip of it
 * only: rows are passed on as they come. JPEG's reader puts whole rows, that of PNG pixels. A
 * reader that goes another way is told by {@link OtherWay}, and the picture must be read whole.
 */
final class RowRaster extends WritableRaster {
  private static final int STRIP = 128;

  /** A reader puts rows in another order, or asks for what was put. */
  static final class OtherWay extends RuntimeException {
    private static final long serialVersionUID = 1L;

    OtherWay(String what) {
      super(what);
    }
  }

  private final Scaling scaling;
  private final byte[] strip;
  private Scaling.Rows rows;
  private byte @Nullable [] row;

  /** Rows that are passed on; those of the strip follow. */
  private int before;

  /** The row that is being put, in the picture. */
  private int current = -1;

  /**
   * @param bands 1 grey, 2 grey and alpha, 3 colours, 4 colours and alpha, of eight bits
   * @param scaling what becomes of the picture, in red, green and blue
   */
  RowRaster(int width, int height, int bands, Scaling scaling) {
    super(
        new PixelInterleavedSampleModel(
            DataBuffer.TYPE_BYTE, width, height, bands, bands * width, offsets(bands)),
        new BandedSampleModel(DataBuffer.TYPE_BYTE, 1, 1, 1).createDataBuffer(),
        new Point());
    this.scaling = scaling;
    this.rows = scaling.begin(3);
    this.strip = new byte[3 * width * Math.min(STRIP, height)];
  }

  private static int[] offsets(int bands) {
    int[] offsets = new int[bands];
    for (int band = 0; band < bands; band++) {
      offsets[band] = band;
    }
    return offsets;
  }

  /** The last row was put. */
  Picture end() {
    if (current != getHeight() - 1) {
      throw new OtherWay("%d of %d rows".formatted(current + 1, getHeight()));
    }
    pass(current + 1 - before);
    return rows.end();
  }

  /** Where a row's samples begin in the strip. */
  private int at(int y) {
    if (y == current + 1) {
      if (y - before == STRIP) {
        pass(STRIP);
      }
      current = y;
    } else if (y == 0 && current == getHeight() - 1) {
      rows = scaling.begin(3);
      before = 0;
      current = 0;
    } else if (y != current) {
      throw new OtherWay("row %d after row %d".formatted(y, current));
    }
    return 3 * (y - before) * getWidth();
  }

  private void pass(int count) {
    int length = 3 * count * getWidth();
    byte[] samples = length == strip.length ? strip : Arrays.copyOf(strip, length);
    rows.add(new Picture(count, getWidth(), 3, samples), before);
    before += count;
  }

  @Override
  public void setRect(int x, int y, Raster put) {
    if (put.getHeight() != 1 || x != 0 || put.getWidth() != getWidth()) {
      throw new OtherWay("a part of %d×%d pixels".formatted(put.getWidth(), put.getHeight()));
    }
    int bands = getNumBands();
    int to = at(y);
    row = (byte[]) put.getDataElements(put.getMinX(), put.getMinY(), getWidth(), 1, row);
    if (bands == 3) {
      System.arraycopy(row, 0, strip, to, 3 * getWidth());
      return;
    }
    int green = bands < 3 ? 0 : 1;
    int blue = bands < 3 ? 0 : 2;
    for (int from = 0; from < bands * getWidth(); from += bands, to += 3) {
      strip[to] = row[from];
      strip[to + 1] = row[from + green];
      strip[to + 2] = row[from + blue];
    }
  }

  @Override
  public void setPixel(int x, int y, int[] samples) {
    int bands = getNumBands();
    int to = at(y) + 3 * x;
    strip[to] = (byte) samples[0];
    strip[to + 1] = (byte) samples[bands < 3 ? 0 : 1];
    strip[to + 2] = (byte) samples[bands < 3 ? 0 : 2];
  }

  /** JPEG's reader writes to a view of the picture, which is all of it. */
  @Override
  public WritableRaster createWritableChild(
      int x, int y, int width, int height, int childX, int childY, int @Nullable [] bands) {
    if (width != getWidth() || height != getHeight() || bands != null) {
      throw new OtherWay("a view of a part");
    }
    return this;
  }

  @Override
  public DataBuffer getDataBuffer() {
    throw new OtherWay("its memory is asked for");
  }
}
