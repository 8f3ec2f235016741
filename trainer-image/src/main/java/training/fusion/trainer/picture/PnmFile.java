package training.fusion.trainer.picture;

import org.jspecify.annotations.Nullable;

/**
 * The portable bitmaps, greymaps and pixmaps of Netpbm, as bytes (P4, P5, P6) and as text (P1, P2,
 * P3): what a ppm or pgm file is.
 */
final class PnmFile {
  private static final int BITS = 1;
  private static final int GREYS = 2;
  private static final int TEXTS = 3;
  private static final int LARGEST_BYTE = 255;
  private static final int LARGEST = 65_535;

  private PnmFile() {}

  static Picture decode(byte[] content, Decoding decoding) throws DamagedPicture {
    var text = new PnmText(content, 2);
    int kind = content[1] - '0';
    boolean bytes = kind > TEXTS;
    int samplesAs = bytes ? kind - TEXTS : kind;
    int width = text.number();
    int height = text.number();
    if (width == 0 || height == 0) {
      throw new DamagedPicture("it has no pixels");
    }
    decoding.begin(width, height, Decoding.WHOLE);
    if (samplesAs == BITS) {
      return bits(width, height, text, bytes);
    }
    int most = text.number();
    if (most == 0 || most > LARGEST) {
      throw new DamagedPicture(
          "its largest value is %d; it can be from 1 to %d".formatted(most, LARGEST));
    }
    int channels = samplesAs == GREYS ? 1 : 3;
    byte[] rgb = new byte[3 * width * height];
    int wide = most > LARGEST_BYTE ? 2 : 1;
    int needed = channels * width * height;
    int at = text.position();
    if (bytes && (content.length - at) / wide < needed) {
      throw new DamagedPicture("it ends too early");
    }
    for (int i = 0; i < needed; i++) {
      int value;
      if (!bytes) {
        value = text.sample(most);
      } else if (wide == 2) {
        value = (content[at + 2 * i] & 0xff) << 8 | (content[at + 2 * i + 1] & 0xff);
      } else {
        value = content[at + i] & 0xff;
      }
      byte level = level(value, most, channels);
      if (channels == 1) {
        rgb[3 * i] = level;
        rgb[3 * i + 1] = level;
        rgb[3 * i + 2] = level;
      } else {
        rgb[i] = level;
      }
    }
    if (channels == 1 && most > LARGEST_BYTE) {
      decoding.tell(Caveat.GREY_OF_16_BITS);
    }
    return new Picture(height, width, 3, rgb);
  }

  /** What people are to be told of one that begins so; null: nothing that its header tells. */
  static @Nullable Caveat caveat(byte[] beginning) {
    var text = new PnmText(beginning, 2);
    try {
      boolean grey = (beginning[1] - '0') % TEXTS == GREYS;
      return grey && text.number() * (long) text.number() > 0 && text.number() > LARGEST_BYTE
          ? Caveat.GREY_OF_16_BITS
          : null;
    } catch (DamagedPicture e) {
      return null;
    }
  }

  /** Scaled as Pillow does: grey of more than eight bits to sixteen, of which 255 is white. */
  private static byte level(int value, int most, int channels) {
    int largest = channels == 1 && most > LARGEST_BYTE ? LARGEST : LARGEST_BYTE;
    double scaled = Math.rint((double) value / most * largest);
    return (byte) (int) Math.min(LARGEST_BYTE, scaled);
  }

  /** One is black; bytes have a row's bits from the highest on. */
  private static Picture bits(int width, int height, PnmText text, boolean bytes)
      throws DamagedPicture {
    byte[] rgb = new byte[3 * width * height];
    for (int y = 0; y < height; y++) {
      int row = 0;
      for (int x = 0; x < width; x++) {
        if (bytes && x % Byte.SIZE == 0) {
          row = text.octet();
        }
        boolean black = bytes ? (row & 0x80 >> x % Byte.SIZE) != 0 : text.bit();
        if (!black) {
          int at = 3 * (y * width + x);
          rgb[at] = (byte) LARGEST_BYTE;
          rgb[at + 1] = (byte) LARGEST_BYTE;
          rgb[at + 2] = (byte) LARGEST_BYTE;
        }
      }
    }
    return new Picture(height, width, 3, rgb);
  }
}
