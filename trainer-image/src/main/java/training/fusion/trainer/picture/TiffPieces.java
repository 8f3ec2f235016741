package training.fusion.trainer.picture;

/**
 * The strips or tiles that a TIFF's samples are in, row by row.
 *
 * @param tiled tiles are all of the same size, the last strip is what is left
 * @param width of each, in pixels
 * @param height of each, in pixels
 * @param across how many are side by side
 * @param down how many are below each other
 * @param offsets where each is in the file
 * @param lengths of each in bytes
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record TiffPieces(
    boolean tiled, int width, int height, int across, int down, int[] offsets, int[] lengths) {

  /**
   * Reads where they are.
   *
   * @param planes how often the picture is there, each time with a sample of its own
   * @throws DamagedPicture if there are too few, or they are larger than a picture may be
   */
  static TiffPieces of(TiffDirectory fields, int width, int height, int planes)
      throws DamagedPicture {
    boolean tiled = fields.has(TiffDirectory.TILE_WIDTH);
    int pieceWidth = tiled ? fields.number(TiffDirectory.TILE_WIDTH, 0) : width;
    int pieceHeight =
        fields.number(tiled ? TiffDirectory.TILE_LENGTH : TiffDirectory.ROWS_PER_STRIP, height);
    if (!tiled && (pieceHeight < 0 || pieceHeight > height)) {
      pieceHeight = height; // 2³² − 1 means all
    }
    if (pieceWidth <= 0 || pieceHeight <= 0) {
      throw new DamagedPicture("its strips or tiles have no pixels");
    }
    PictureDecoder.checkExtent(pieceWidth, pieceHeight);
    int across = 1 + (width - 1) / pieceWidth;
    int down = 1 + (height - 1) / pieceHeight;
    int[] offsets =
        fields.numbers(tiled ? TiffDirectory.TILE_OFFSETS : TiffDirectory.STRIP_OFFSETS);
    int[] lengths =
        fields.numbers(tiled ? TiffDirectory.TILE_BYTE_COUNTS : TiffDirectory.STRIP_BYTE_COUNTS);
    long needed = (long) planes * across * down;
    if (offsets.length < needed || lengths.length < needed) {
      throw new DamagedPicture(
          "it has %d strips or tiles, and needs %d"
              .formatted(Math.min(offsets.length, lengths.length), needed));
    }
    return new TiffPieces(tiled, pieceWidth, pieceHeight, across, down, offsets, lengths);
  }
}
