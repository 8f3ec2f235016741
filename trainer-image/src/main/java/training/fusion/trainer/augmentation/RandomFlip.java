package training.fusion.trainer.augmentation;

import org.apache.commons.rng.UniformRandomProvider;
import training.fusion.trainer.picture.Picture;

/**
 * torchvision's {@code RandomHorizontalFlip} and {@code RandomVerticalFlip}.
 *
 * @param vertical whether top and bottom are exchanged, or left and right
 */
record RandomFlip(boolean vertical, double probability) implements Transform {
  @Override
  public Picture apply(Picture picture, UniformRandomProvider random) {
    return random.nextDouble() < probability ? flipped(picture) : picture;
  }

  private Picture flipped(Picture picture) {
    byte[] from = picture.samples();
    byte[] samples = new byte[from.length];
    int channels = picture.channels();
    int row = picture.width() * channels;
    for (int y = 0; y < picture.height(); y++) {
      if (vertical) {
        System.arraycopy(from, (picture.height() - 1 - y) * row, samples, y * row, row);
      } else {
        for (int x = 0; x < row; x += channels) {
          System.arraycopy(from, y * row + row - channels - x, samples, y * row + x, channels);
        }
      }
    }
    return new Picture(picture.height(), picture.width(), channels, samples);
  }
}
