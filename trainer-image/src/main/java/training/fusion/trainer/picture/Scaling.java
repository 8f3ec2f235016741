package training.fusion.trainer.picture;

import training.fusion.api.Dataset.Resize.Interpolation;
import training.fusion.trainer.picture.Picture.Box;

/**
 * A part of a picture that is scaled, antialiased, and of which a part is kept.
 *
 * @param part of the picture
 * @param height that the part is scaled to
 * @param width that the part is scaled to
 * @param kept part of the result
 */
public record Scaling(Box part, int height, int width, Box kept, Interpolation interpolation) {

  /** Nothing is cut off or scaled. */
  static Scaling none(int height, int width) {
    return cut(new Box(0, 0, height, width));
  }

  /** A part as it is. */
  static Scaling cut(Box part) {
    return new Scaling(
        part,
        part.height(),
        part.width(),
        new Box(0, 0, part.height(), part.width()),
        Interpolation.BILINEAR);
  }

  /** Takes a picture piece by piece. For one thread, which begins no other before the end. */
  interface Rows {
    /**
     * The next rows, all of them after those before.
     *
     * @param rows as wide as the picture
     * @param top the place of the first of them in the picture
     */
    void add(Picture rows, int top);

    /** What has become of them. */
    Picture end();
  }

  /** Begins with a picture's first row. */
  Rows begin(int channels) {
    return height == part.height() && width == part.width()
        ? new Cut(
            new Box(
                part.top() + kept.top(), part.left() + kept.left(), kept.height(), kept.width()),
            channels)
        : Resampler.begin(this, channels);
  }

  /** The result for a picture that is there as a whole. */
  public Picture apply(Picture picture) {
    Rows rows = begin(picture.channels());
    rows.add(picture, 0);
    return rows.end();
  }

  /** Copies a part. */
  private static final class Cut implements Rows {
    private final Box box;
    private final Picture result;

    Cut(Box box, int channels) {
      this.box = box;
      this.result =
          new Picture(
              box.height(), box.width(), channels, new byte[box.height() * box.width() * channels]);
    }

    @Override
    public void add(Picture rows, int top) {
      int channels = result.channels();
      int end = Math.min(box.top() + box.height(), top + rows.height());
      for (int y = Math.max(box.top(), top); y < end; y++) {
        System.arraycopy(
            rows.samples(),
            ((y - top) * rows.width() + box.left()) * channels,
            result.samples(),
            (y - box.top()) * box.width() * channels,
            box.width() * channels);
      }
    }

    @Override
    public Picture end() {
      return result;
    }
  }
}
