package training.fusion.trainer.augmentation;

import training.fusion.trainer.picture.Picture;

/**
 * torchvision's {@code adjust_hue} of a Pillow picture: to hue, saturation and value of eight bits
 * each and back, the hue turned in between, with Pillow's roundings.
 */
final class Hue {
  private Hue() {}

  /**
   * A picture with other hues; a grey one stays as it is.
   *
   * @param turns of a full turn, −0.5 to 0.5
   */
  static Picture turned(Picture picture, double turns) {
    if (picture.channels() == 1) {
      return picture;
    }
    int by = (int) (turns * 255);
    byte[] samples = picture.samples().clone();
    for (int i = 0; i < samples.length; i += 3) {
      turn(samples, i, by);
    }
    return new Picture(picture.height(), picture.width(), 3, samples);
  }

  private static void turn(byte[] samples, int at, int by) {
    int red = samples[at] & 0xff;
    int green = samples[at + 1] & 0xff;
    int blue = samples[at + 2] & 0xff;
    int value = Math.max(red, Math.max(green, blue));
    int least = Math.min(red, Math.min(green, blue));
    int hue = 0;
    int saturation = 0;
    if (value > least) {
      float range = value - least;
      float fromRed = (value - red) / range;
      float fromGreen = (value - green) / range;
      float fromBlue = (value - blue) / range;
      float sixths;
      if (red == value) {
        sixths = fromBlue - fromGreen;
      } else if (green == value) {
        sixths = (float) (2.0 + fromRed - fromBlue);
      } else {
        sixths = (float) (4.0 + fromGreen - fromRed);
      }
      float turn = (float) ((sixths / 6.0 + 1.0) % 1.0);
      hue = (int) (turn * 255.0);
      saturation = (int) (range / value * 255.0);
    }
    put(samples, at, (hue + by) & 0xff, saturation, value);
  }

  private static void put(byte[] samples, int at, int hue, int saturation, int value) {
    double sixths = (float) hue * 6.0 / 255.0;
    int sector = (int) sixths;
    float part = (float) (sixths - sector);
    float share = (float) (saturation / 255.0);
    int least = rounded(value * (1.0 - share));
    int falling = rounded(value * (1.0 - share * part));
    int rising = rounded(value * (1.0 - share * (1.0 - part)));
    switch (sector % 6) {
      case 0 -> store(samples, at, value, rising, least);
      case 1 -> store(samples, at, falling, value, least);
      case 2 -> store(samples, at, least, value, rising);
      case 3 -> store(samples, at, least, falling, value);
      case 4 -> store(samples, at, rising, least, value);
      default -> store(samples, at, value, least, falling);
    }
  }

  private static int rounded(double value) {
    return (int) Math.max(0, Math.min(255, Math.floor(value + 0.5)));
  }

  private static void store(byte[] samples, int at, int red, int green, int blue) {
    samples[at] = (byte) red;
    samples[at + 1] = (byte) green;
    samples[at + 2] = (byte) blue;
  }
}
