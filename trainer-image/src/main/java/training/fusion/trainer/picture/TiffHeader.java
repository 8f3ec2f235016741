package training.fusion.trainer.picture;

import static training.fusion.trainer.picture.TiffDirectory.*;

import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a TIFF's first picture is, as far as Pillow reads it in the same way as the JDK's decoder
 * can.
 *
 * @param bits of each sample, all the same
 * @param samples of a pixel
 * @param extra what samples beyond the colours are: 0 unspecified, 1 alpha that the colours are
 *     multiplied by, 2 alpha
 */
record TiffHeader(
    TiffDirectory fields,
    int width,
    int height,
    Compression compression,
    int photometric,
    int bits,
    int samples,
    int extra) {
  static final int WHITE_IS_ZERO = 0;
  static final int BLACK_IS_ZERO = 1;
  static final int RGB = 2;
  static final int PALETTE = 3;
  static final int INKS = 5;
  static final int YCBCR = 6;

  static final int MULTIPLIED_BY_ALPHA = 1;

  /** How samples are stored. */
  enum Compression {
    NONE,
    GROUP_3_1D,
    GROUP_3,
    GROUP_4,
    LZW,
    JPEG,
    DEFLATE,
    PACK_BITS;

    static Compression of(int number) throws DamagedPicture {
      return switch (number) {
        case 1 -> NONE;
        case 2 -> GROUP_3_1D;
        case 3 -> GROUP_3;
        case 4 -> GROUP_4;
        case 5 -> LZW;
        case 7 -> JPEG;
        case 8, 32946 -> DEFLATE;
        case 32773 -> PACK_BITS;
        default ->
            throw unread(
                "its compression %d%s"
                    .formatted(
                        number,
                        switch (number) {
                          case 6 -> " (old JPEG)";
                          case 34712 -> " (JPEG 2000)";
                          case 34892 -> " (lossy raw)";
                          case 34925 -> " (LZMA)";
                          case 50000 -> " (Zstandard)";
                          case 50001 -> " (WebP)";
                          default -> "";
                        }),
                "uncompressed, or with LZW or Deflate");
      };
    }
  }

  private static final String EIGHT_BITS = "with 8 bits a sample, unsigned";

  /** Fields that say where samples are and how they are stored. */
  private static final List<Integer> STORAGE =
      List.of(
          WIDTH,
          LENGTH,
          COMPRESSION,
          STRIP_OFFSETS,
          STRIP_BYTE_COUNTS,
          PLANAR_CONFIGURATION,
          T4_OPTIONS,
          T6_OPTIONS,
          TILE_WIDTH,
          TILE_LENGTH,
          TILE_OFFSETS,
          TILE_BYTE_COUNTS,
          FILL_ORDER);

  private static final int NO_PREDICTOR = 1;
  private static final int DIFFERENCES = 2;
  private static final int UNSIGNED = 1;
  private static final int TOGETHER = 1;

  /**
   * Reads it.
   *
   * @throws DamagedPicture naming what is not read, or what is damaged
   */
  static TiffHeader of(byte[] content) throws DamagedPicture {
    TiffDirectory fields = TiffDirectory.of(content);
    int width = fields.number(WIDTH, 0);
    int height = fields.number(LENGTH, 0);
    if (width <= 0 || height <= 0) {
      throw new DamagedPicture("it has no pixels");
    }
    PictureDecoder.checkExtent(width, height);
    int[] bits = fields.numbers(BITS_PER_SAMPLE);
    int samples = fields.number(SAMPLES_PER_PIXEL, Math.max(1, bits.length));
    var header =
        new TiffHeader(
            fields,
            width,
            height,
            Compression.of(fields.number(COMPRESSION, 1)),
            fields.number(PHOTOMETRIC, WHITE_IS_ZERO),
            bits.length == 0 ? 1 : bits[0],
            samples,
            fields.number(EXTRA_SAMPLES, 2));
    for (int depth : bits) {
      if (depth != bits[0]) {
        throw unread("its samples of %s bits".formatted(Arrays.toString(bits)), EIGHT_BITS);
      }
    }
    header.check();
    return header;
  }

  private void check() throws DamagedPicture {
    if (!isKnown()) {
      throw unread(
          "its kind (photometric interpretation %d, %d samples of %d bits, extra samples %s)"
              .formatted(
                  photometric, samples, bits, Arrays.toString(fields.numbers(EXTRA_SAMPLES))),
          "as grey or RGB, " + EIGHT_BITS);
    }
    for (int format : fields.numbers(SAMPLE_FORMAT)) {
      if (format != UNSIGNED) {
        throw unread("its samples, which are no unsigned whole numbers,", EIGHT_BITS);
      }
    }
    int predictor = fields.number(PREDICTOR, NO_PREDICTOR);
    if (predictor != NO_PREDICTOR && predictor != DIFFERENCES) {
      throw unread("its predictor %d".formatted(predictor), "without one");
    }
    if (hasDifferences() && bits < Byte.SIZE) {
      throw unread(
          "its predictor with samples of %d bits".formatted(bits), "without one, or " + EIGHT_BITS);
    }
    if (isFax() && (samples != 1 || bits != 1)) {
      throw unread(
          "its fax of %d samples of %d bits".formatted(samples, bits), "with LZW or Deflate");
    }
    if (compression == Compression.JPEG && hasPlanes()) {
      throw unread(
          "its JPEGs of single colours",
          "with all colours of a pixel together, or with LZW or Deflate");
    }
    if (fields.number(FILL_ORDER, 1) != 1) {
      throw unread("its order of bits, the lowest first,", "with the highest first (FillOrder 1)");
    }
  }

  private boolean isFax() {
    return compression == Compression.GROUP_3_1D
        || compression == Compression.GROUP_3
        || compression == Compression.GROUP_4;
  }

  /** The pairs that Pillow has too, of those that are alike in any decoder. */
  private boolean isKnown() {
    boolean bytes = bits == 8;
    boolean few = bits == 1 || bits == 2 || bits == 4 || bytes;
    return switch (photometric) {
      case WHITE_IS_ZERO -> samples == 1 && few;
      case BLACK_IS_ZERO -> (samples == 1 && (few || bits == 16)) || (samples == 2 && bytes);
      case RGB -> (samples == 3 || samples == 4) && (bytes || bits == 16);
      case PALETTE -> samples == 1 && few && fields.has(COLOR_MAP);
      case INKS -> samples == 4 && bytes;
      case YCBCR -> samples == 3 && bytes && compression == Compression.JPEG;
      default -> false;
    };
  }

  /** The strips or tiles that the samples are in. */
  TiffPieces pieces() throws DamagedPicture {
    return TiffPieces.of(fields, width, height, hasPlanes() ? samples : 1);
  }

  /** Whether each sample of a pixel lies in a strip or tile of its own. */
  boolean hasPlanes() throws DamagedPicture {
    return fields.number(PLANAR_CONFIGURATION, TOGETHER) != TOGETHER;
  }

  /** Whether what is stored are differences from the pixel before. */
  boolean hasDifferences() throws DamagedPicture {
    return (compression == Compression.LZW || compression == Compression.DEFLATE)
        && fields.number(PREDICTOR, NO_PREDICTOR) == DIFFERENCES;
  }

  /**
   * A fax with a directory of nothing but what says how it is stored, for the JDK's decoder: bits
   * are given as they are, what they mean is decided afterwards.
   */
  byte[] plain(byte[] content) throws DamagedPicture {
    var numbers = new TreeMap<Integer, int[]>();
    for (int tag : STORAGE) {
      if (fields.has(tag)) {
        numbers.put(tag, fields.numbers(tag));
      }
    }
    numbers.put(BITS_PER_SAMPLE, new int[] {bits});
    numbers.put(SAMPLES_PER_PIXEL, new int[] {samples});
    numbers.put(PHOTOMETRIC, new int[] {BLACK_IS_ZERO});
    if (!pieces().tiled()) {
      numbers.put(ROWS_PER_STRIP, new int[] {pieces().height()});
    }
    return fields.with(numbers);
  }

  /** What people are to be told of it; null: nothing. */
  @Nullable Caveat caveat() {
    return photometric == BLACK_IS_ZERO && samples == 1 && bits == Short.SIZE
        ? Caveat.GREY_OF_16_BITS
        : null;
  }

  /** How it is to be turned: 1 to 8, as Exif has them. */
  int orientation() throws DamagedPicture {
    return fields.number(ORIENTATION, 1);
  }

  /** [colours, 3]: the upper eight of each value's sixteen bits. */
  byte[] palette() throws DamagedPicture {
    int[] planes = fields.numbers(COLOR_MAP);
    int colours = planes.length / 3;
    byte[] palette = new byte[3 * colours];
    for (int i = 0; i < palette.length; i++) {
      palette[i] = (byte) (planes[i % 3 * colours + i / 3] >> 8);
    }
    return palette;
  }

  /**
   * @param otherwise how it could be saved so that it is read
   */
  private static DamagedPicture unread(String what, String otherwise) {
    return new DamagedPicture(
        "it is a TIFF of which %s cannot be read; save it %s".formatted(what, otherwise));
  }
}
