package training.fusion.trainer.picture;

import org.jspecify.annotations.Nullable;
import training.fusion.api.Dataset;
import training.fusion.api.Dataset.Resize.Interpolation;
import training.fusion.api.Dataset.Resize.Mode;
import training.fusion.trainer.picture.Picture.Box;

/**
 * How a picture of any shape becomes a square of the network's input size.
 *
 * @param size width and height of the square, in pixels
 */
public record Framing(Mode mode, Interpolation interpolation, int size) {

  /** The framing that a configuration asks for, absent fields being the schema's defaults. */
  public static Framing of(Dataset.@Nullable Resize resize, int size) {
    Mode mode = resize == null ? null : resize.mode();
    Interpolation interpolation = resize == null ? null : resize.interpolation();
    return new Framing(
        mode == null ? Mode.SQUASH : mode,
        interpolation == null ? Interpolation.BILINEAR : interpolation,
        size);
  }

  /**
   * A picture is scaled to {@code height} × {@code width}; the square begins at ({@code top},
   * {@code left}) of that, and is black where it reaches beyond it.
   *
   * @param top negative: so many black rows come first
   * @param left negative: so many black columns come first
   */
  public record Plan(int height, int width, int top, int left) {
    /** Whether a square of this size is larger than what was scaled. */
    public boolean pads(int size) {
      return height < size || width < size;
    }
  }

  /** What is to be done with pictures of a shape. */
  public Plan plan(int height, int width) {
    return switch (mode) {
      case SQUASH -> new Plan(size, size, 0, 0);
      case SHORTER_SIDE_CENTER_CROP -> {
        // torchvision: Resize(size) cuts off the longer side's fraction, CenterCrop rounds to even
        int shorter = Math.min(height, width);
        int toHeight = (int) ((long) size * height / shorter);
        int toWidth = (int) ((long) size * width / shorter);
        yield new Plan(
            toHeight,
            toWidth,
            (int) Math.rint((toHeight - size) / 2.0),
            (int) Math.rint((toWidth - size) / 2.0));
      }
      case PAD -> {
        int longer = Math.max(size, Math.max(height, width));
        int toHeight = longer == size ? height : fitted(height, longer);
        int toWidth = longer == size ? width : fitted(width, longer);
        yield new Plan(toHeight, toWidth, -((size - toHeight) / 2), -((size - toWidth) / 2));
      }
    };
  }

  private int fitted(int extent, int longer) {
    return Math.max(1, (int) Math.round((double) extent * size / longer));
  }

  /** The square of a picture. */
  public Picture apply(Picture picture) {
    return framed(view().of(picture.height(), picture.width()).apply(picture));
  }

  /** What of a picture is in its square. */
  public View view() {
    return (height, width) -> {
      Plan plan = plan(height, width);
      Box kept =
          plan.pads(size)
              ? new Box(0, 0, plan.height(), plan.width())
              : new Box(plan.top(), plan.left(), size, size);
      var whole = new Box(0, 0, height, width);
      return new Scaling(whole, plan.height(), plan.width(), kept, interpolation);
    };
  }

  /** The square of what was seen by {@link #view}: black around it, where it is smaller. */
  public Picture framed(Picture seen) {
    return seen.height() < size || seen.width() < size
        ? Picture.blackAround(seen, size, (size - seen.height()) / 2, (size - seen.width()) / 2)
        : seen;
  }
}
