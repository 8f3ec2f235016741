package training.fusion.trainer.picture;

import java.awt.image.Raster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32;
import javax.imageio.ImageReader;
import org.jspecify.annotations.Nullable;

/**
 * PNG: its samples, or its palette's colours. The JDK's reader is given only the chunks that have
 * the samples, for it stumbles over what others hold.
 */
final class PngFile {
  private static final int SIGNATURE = 8;
  private static final int HEADER = 0x49484452; // "IHDR"
  private static final int PALETTE = 0x504C5445; // "PLTE"
  private static final int DATA = 0x49444154; // "IDAT"
  private static final int END = 0x49454E44; // "IEND"

  /** Where the header has them (PNG 1.2, section 4.1.1). */
  private static final int BIT_DEPTH = 24;

  private static final int COLOUR_TYPE = 25;
  private static final int INTERLACE = 28;
  private static final int GREY = 0;
  private static final int INDEXED = 3;

  /** Chunk by chunk, without those that hold no samples. */
  private final ByteArrayOutputStream plain;

  private final int depth;
  private final int type;
  private final boolean interlaced;
  private byte[] palette = {};

  private PngFile(byte[] content) {
    this.plain = new ByteArrayOutputStream(content.length);
    this.depth = content[BIT_DEPTH] & 0xff;
    this.type = content[COLOUR_TYPE];
    this.interlaced = content[INTERLACE] != 0;
  }

  static Picture decode(byte[] content, Decoding decoding) throws DamagedPicture {
    if (content.length <= INTERLACE) {
      throw new DamagedPicture("it ends too early");
    }
    var file = new PngFile(content);
    file.copy(content);
    byte[] plain = file.plain.toByteArray();
    try {
      return JdkReader.read("PNG", plain, reader -> file.read(reader, decoding));
    } catch (RowRaster.OtherWay e) {
      return JdkReader.read("PNG", plain, reader -> file.whole(reader, decoding));
    }
  }

  private Picture read(ImageReader reader, Decoding decoding) throws IOException {
    int width = reader.getWidth(0);
    int height = reader.getHeight(0);
    if (type == INDEXED || depth != 8 || interlaced || !decoding.byRows(width, height)) {
      return whole(reader, decoding);
    }
    return JdkReader.byRows(reader, decoding.beginRows(width, height, 0));
  }

  private Picture whole(ImageReader reader, Decoding decoding) throws IOException {
    decoding.begin(reader.getWidth(0), reader.getHeight(0), Decoding.WHOLE);
    return decoding.view(picture(reader.read(0).getRaster(), decoding));
  }

  /** By its header: values may be above 255. */
  static @Nullable Caveat caveat(byte[] beginning) {
    return beginning.length > COLOUR_TYPE
            && beginning[BIT_DEPTH] == 16
            && beginning[COLOUR_TYPE] == GREY
        ? Caveat.GREY_OF_16_BITS
        : null;
  }

  private Picture picture(Raster raster, Decoding decoding) {
    if (type == INDEXED) {
      return Colours.ofPalette(raster, palette);
    }
    if (type == GREY && depth < 8) {
      return Colours.ofGrey(raster, 255 / ((1 << depth) - 1), () -> {});
    }
    if (type == GREY && depth == 16) {
      return Colours.ofGrey(raster, 1, () -> decoding.tell(Caveat.GREY_OF_16_BITS));
    }
    return Colours.ofSamples(raster);
  }

  /** Every chunk has a check sum, and the last is IEND (PNG 1.2, sections 3.2 and 5.3). */
  private void copy(byte[] content) throws DamagedPicture {
    plain.write(content, 0, SIGNATURE);
    ByteBuffer chunks = ByteBuffer.wrap(content, SIGNATURE, content.length - SIGNATURE);
    while (chunks.remaining() >= 12) {
      int start = chunks.position();
      long length = Integer.toUnsignedLong(chunks.getInt());
      if (length > chunks.remaining() - 8) {
        break;
      }
      var sum = new CRC32();
      sum.update(content, chunks.position(), (int) length + 4);
      int kind = chunks.getInt();
      byte[] data = kind == PALETTE ? new byte[(int) length] : new byte[0];
      chunks.slice().get(data);
      chunks.position(chunks.position() + (int) length);
      if (chunks.getInt() != (int) sum.getValue()) {
        throw new DamagedPicture("a check sum in it is wrong");
      }
      if (kind == PALETTE && type == INDEXED) {
        palette = data;
        writeAnyPalette();
      } else if (kind == HEADER || kind == DATA || kind == END) {
        plain.write(content, start, chunks.position() - start);
      }
      if (kind == END) {
        return;
      }
    }
    throw new DamagedPicture("it ends too early");
  }

  /** Of the length that the reader wants: its colours are not asked for. */
  private void writeAnyPalette() {
    int length = 3 << Math.min(depth, 8);
    ByteBuffer chunk = ByteBuffer.allocate(12 + length).putInt(length).putInt(PALETTE);
    var sum = new CRC32();
    sum.update(chunk.array(), 4, 4 + length);
    plain.writeBytes(chunk.putInt(8 + length, (int) sum.getValue()).array());
  }
}
