package training.fusion.trainer.picture;

/**
 * How a picture's stored rows and columns are to be seen (TIFF 6.0, Orientation; Exif has the same
 * numbers).
 *
 * @param transposed rows are columns
 * @param mirrored the seen columns begin at the end of what is stored
 * @param upsideDown the seen rows begin at the end of what is stored
 */
record Orientation(boolean transposed, boolean mirrored, boolean upsideDown) {
  /** By its number; one that does not exist turns nothing. */
  static Orientation of(int number) {
    return switch (number) {
      case 2 -> new Orientation(false, true, false);
      case 3 -> new Orientation(false, true, true);
      case 4 -> new Orientation(false, false, true);
      case 5 -> new Orientation(true, false, false);
      case 6 -> new Orientation(true, true, false);
      case 7 -> new Orientation(true, true, true);
      case 8 -> new Orientation(true, false, true);
      default -> new Orientation(false, false, false);
    };
  }

  /** The picture as it is to be seen. */
  Picture turned(Picture stored) {
    if (!transposed && !mirrored && !upsideDown) {
      return stored;
    }
    int height = transposed ? stored.width() : stored.height();
    int width = transposed ? stored.height() : stored.width();
    int channels = stored.channels();
    byte[] samples = new byte[height * width * channels];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int down = upsideDown ? height - 1 - y : y;
        int across = mirrored ? width - 1 - x : x;
        int from = transposed ? across * stored.width() + down : down * stored.width() + across;
        System.arraycopy(
            stored.samples(), from * channels, samples, (y * width + x) * channels, channels);
      }
    }
    return new Picture(height, width, channels, samples);
  }
}
