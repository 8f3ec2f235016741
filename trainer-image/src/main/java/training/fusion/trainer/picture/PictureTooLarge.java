package training.fusion.trainer.picture;

import java.util.Locale;

/** There is not as much memory as a picture takes, though no other one is decoded with it. */
public final class PictureTooLarge extends RuntimeException {
  private static final long serialVersionUID = 1L;

  PictureTooLarge(long pixels, OutOfMemoryError cause) {
    super(
        pixels == 0
            ? "its file does not fit into it"
            : String.format(
                Locale.ROOT,
                "it has %.1f megapixels, which take some %d MiB",
                pixels / 1e6,
                (Decoding.WHOLE * pixels) >> 20),
        cause);
  }

  @Override
  public String getMessage() {
    return String.valueOf(super.getMessage());
  }
}
