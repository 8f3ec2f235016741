package training.fusion.trainer.picture;

import java.util.Arrays;
import java.util.OptionalInt;

/** What the components of a JPEG are. */
enum JpegColours {
  GREY,
  YCBCR,
  RGB,
  CMYK,
  YCCK;

  private static final byte[] RED_GREEN_BLUE = {'R', 'G', 'B'};

  /** JFIF 1.01, no density, no thumbnail: its samples are YCbCr (ITU-T T.871, 10.1). */
  private static final byte[] JFIF = {
    (byte) 0xff, (byte) 0xe0, 0, 16, 'J', 'F', 'I', 'F', 0, 1, 1, 0, 0, 1, 0, 1, 0, 0
  };

  /**
   * By libjpeg's rules, so Pillow's: JFIF comes first, then Adobe's marker, then the components'
   * names; what they leave open is YCbCr.
   *
   * @param names of the components, a byte each
   * @param jfif whether JFIF's marker is there
   * @param adobe the transform that Adobe's marker has, if it is there
   */
  static JpegColours of(byte[] names, boolean jfif, OptionalInt adobe) throws DamagedPicture {
    return switch (names.length) {
      case 1 -> GREY;
      case 3 -> {
        boolean plain =
            !jfif
                && (adobe.isPresent()
                    ? adobe.getAsInt() == 0
                    : Arrays.equals(names, RED_GREEN_BLUE));
        yield plain ? RGB : YCBCR;
      }
      case 4 -> adobe.orElse(0) == 0 ? CMYK : YCCK;
      default ->
          throw new DamagedPicture(
              "it has %d components; grey has 1, colour 3, inks have 4".formatted(names.length));
    };
  }

  /** Whether it is in cyan, magenta, yellow and black, however they are stored. */
  boolean inks() {
    return this == CMYK || this == YCCK;
  }

  /** The marker that says so to any decoder. */
  byte[] marker() {
    return switch (this) {
      case GREY, YCBCR -> JFIF.clone();
      case RGB, CMYK -> adobe(0);
      case YCCK -> adobe(2);
    };
  }

  /** Adobe's marker, of version 100 without flags (Adobe's Technical Note 5116, section 18). */
  private static byte[] adobe(int transform) {
    return new byte[] {
      (byte) 0xff, (byte) 0xee, 0, 14, 'A', 'd', 'o', 'b', 'e', 0, 100, 0, 0, 0, 0, (byte) transform
    };
  }
}
