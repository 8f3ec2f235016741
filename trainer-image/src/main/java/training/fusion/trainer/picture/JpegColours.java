package training.fusion.trainer.picture;

/**
 * What a JPEG's markers say of its colours.
 *
 * @param components 1, 3 or 4
 * @param adobe whether Adobe's marker is there: then inks are stored inverted
 * @param transformed whether that marker says YCCK
 */
record JpegColours(int components, boolean adobe, boolean transformed) {
  /** Whether it is in cyan, magenta, yellow and black. */
  boolean inks() {
    return components == 4;
  }

  /** Walks the markers up to the frame's header. */
  static JpegColours of(byte[] content) throws DamagedPicture {
    boolean adobe = false;
    boolean transformed = false;
    int at = 2;
    while (at + 9 < content.length) {
      if ((content[at] & 0xff) != 0xff) {
        at++; // libjpeg skips to the next marker too
        continue;
      }
      int marker = content[at + 1] & 0xff;
      if (marker == 0xff) {
        at++;
        continue;
      }
      if (isFrame(marker)) {
        return new JpegColours(content[at + 9] & 0xff, adobe, transformed);
      }
      int length = ((content[at + 2] & 0xff) << 8) | (content[at + 3] & 0xff);
      if (marker == 0xee && length >= 14 && at + 15 < content.length && isAdobe(content, at + 4)) {
        adobe = true;
        transformed = content[at + 15] == 2;
      }
      at += 2 + (isAlone(marker) ? 0 : length);
    }
    throw new DamagedPicture("it ends before the picture's header");
  }

  /** SOF0 to SOF15, without the tables DHT, JPG and DAC among them (ITU T.81, table B.1). */
  private static boolean isFrame(int marker) {
    return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
  }

  private static boolean isAlone(int marker) {
    return (marker >= 0xd0 && marker <= 0xd8) || marker == 0x01;
  }

  private static boolean isAdobe(byte[] content, int at) {
    return content[at] == 'A'
        && content[at + 1] == 'd'
        && content[at + 2] == 'o'
        && content[at + 3] == 'b'
        && content[at + 4] == 'e';
  }
}
