package training.fusion.trainer.picture;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A picture that is being decoded: what is wanted of it, who is told of it, what it may take. */
final class Decoding implements AutoCloseable {
  /** Pictures of fewer pixels are decoded whole: that is faster. */
  static final int MANY_PIXELS = 1 << 24;

  /** What a picture takes that is decoded whole: its samples, and the decoder's own. */
  static final int WHOLE = 6;

  private final View view;
  private final Consumer<Caveat> caveats;
  private final DecodingMemory memory;
  private final long contentBytes;
  private final int manyPixels;
  private @Nullable Scaling scaling;
  private boolean rowByRow;
  private long pixels;
  private int taken;

  /**
   * @param contentBytes of the picture's file, which is in memory
   * @param manyPixels pictures of more are taken row by row, where their format allows it
   */
  Decoding(
      View view,
      Consumer<Caveat> caveats,
      DecodingMemory memory,
      long contentBytes,
      int manyPixels) {
    this.view = view;
    this.caveats = caveats;
    this.memory = memory;
    this.contentBytes = contentBytes;
    this.manyPixels = manyPixels;
  }

  /**
   * The picture's header is read, and its samples are to follow: waits until there is memory.
   *
   * @param bytes that a pixel takes meanwhile
   * @throws DamagedPicture if it has more pixels than a picture may have
   */
  void begin(int width, int height, int bytes) throws DamagedPicture {
    PictureDecoder.checkExtent(width, height);
    close(); // where another way is tried after this one
    rowByRow = false;
    pixels = (long) width * height;
    taken = memory.take(contentBytes + bytes * pixels);
  }

  /** As {@link #begin}, of a picture whose rows are taken as they come: what becomes of them. */
  Scaling beginRows(int width, int height, int bytes) throws DamagedPicture {
    begin(width, height, bytes);
    rowByRow = true;
    return scaling(height, width);
  }

  /** Whether a picture of so many pixels is to be taken row by row. */
  boolean byRows(int width, int height) {
    return view != View.WHOLE && (long) width * height > manyPixels;
  }

  /** Whether rows are taken as they come. */
  boolean tookRows() {
    return rowByRow;
  }

  /** What is wanted of the picture. */
  private Scaling scaling(int height, int width) {
    if (scaling == null) {
      scaling = view.of(height, width);
    }
    return scaling;
  }

  /** What is wanted of a picture that is there as a whole. */
  Picture view(Picture whole) {
    return view == View.WHOLE ? whole : scaling(whole.height(), whole.width()).apply(whole);
  }

  /** Tells what people should know of it. */
  void tell(Caveat caveat) {
    caveats.accept(caveat);
  }

  /** Pixels of the picture, as far as its header is read; else 0. */
  long pixels() {
    return pixels;
  }

  /** Gives the memory back. */
  @Override
  public void close() {
    if (taken > 0) {
      memory.giveBack(taken);
      taken = 0;
    }
  }
}
