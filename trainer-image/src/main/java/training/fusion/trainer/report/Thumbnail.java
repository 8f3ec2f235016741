package training.fusion.trainer.report;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.util.Base64;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import training.fusion.api.Dataset.Resize.Interpolation;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.picture.Picture;
import training.fusion.trainer.picture.Picture.Box;
import training.fusion.trainer.picture.PictureWriter;
import training.fusion.trainer.picture.Scaling;
import training.fusion.trainer.picture.View;
import training.fusion.trainer.sample.LabelledImages;
import training.fusion.trainer.sample.LabelledSamples;

/**
 * A small copy of a data set's picture, as an address with everything in it. It is made of samples,
 * so nothing of the file's metadata is in it. This is the one place that asks for a picture of what
 * was evaluated: a data set that has none gives empty here, and has names in its pages.
 */
final class Thumbnail {
  private static final Logger LOG = LoggerFactory.getLogger(Thumbnail.class);

  /** Longer side, in pixels. */
  private static final int SIDE = 96;

  /** Up to here PNG is small, and no pixel of it is smoothed. */
  private static final int SIDE_OF_PNG = 48;

  private static final int MOST_BYTES = 12_000;
  private static final float[] QUALITIES = {0.8f, 0.4f, 0.1f};

  private static final View VIEW =
      (height, width) -> {
        double scale = Math.min(1, (double) SIDE / Math.max(height, width));
        int toHeight = Math.max(1, (int) Math.round(height * scale));
        int toWidth = Math.max(1, (int) Math.round(width * scale));
        return new Scaling(
            new Box(0, 0, height, width),
            toHeight,
            toWidth,
            new Box(0, 0, toHeight, toWidth),
            Interpolation.BILINEAR);
      };

  private Thumbnail() {}

  /** A {@code data:} address; empty if the picture cannot be had any more, or it is none. */
  static Optional<String> of(LabelledSamples samples, int sample) {
    try {
      return samples instanceof LabelledImages images
          ? of(images.view(sample, VIEW))
          : Optional.empty();
    } catch (TrainingFailure | IOException e) {
      LOG.debug("{} is not shown", samples.name(sample), e);
      return Optional.empty();
    }
  }

  private static Optional<String> of(Picture picture) throws IOException {
    BufferedImage image = image(picture);
    if (Math.max(picture.height(), picture.width()) <= SIDE_OF_PNG) {
      return address("png", PictureWriter.png(image));
    }
    for (float quality : QUALITIES) {
      Optional<String> address = address("jpeg", PictureWriter.jpeg(image, quality));
      if (address.isPresent()) {
        return address;
      }
    }
    return Optional.empty();
  }

  private static Optional<String> address(String format, byte[] bytes) {
    return bytes.length > MOST_BYTES
        ? Optional.empty()
        : Optional.of(
            "data:image/%s;base64,%s".formatted(format, Base64.getEncoder().encodeToString(bytes)));
  }

  private static BufferedImage image(Picture picture) {
    int height = picture.height();
    int width = picture.width();
    byte[] samples = picture.samples();
    var image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int pixel = 0; pixel < height * width; pixel++) {
      int at = pixel * picture.channels();
      int red = samples[at] & 0xff;
      int green = picture.channels() == 1 ? red : samples[at + 1] & 0xff;
      int blue = picture.channels() == 1 ? red : samples[at + 2] & 0xff;
      image.setRGB(pixel % width, pixel / width, red << 16 | green << 8 | blue);
    }
    return image;
  }
}
