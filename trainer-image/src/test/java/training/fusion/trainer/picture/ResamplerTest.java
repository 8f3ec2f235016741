package training.fusion.trainer.picture;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import training.fusion.api.Dataset.Resize.Interpolation;
import training.fusion.trainer.picture.Picture.Box;

/** Against the sums as one would write them down, sample by sample; PillowParityTest has Pillow. */
@DisplayName("A part of a scaled picture is the weighted sum of its rows' and columns' samples,")
class ResamplerTest {
  @ParameterizedTest(name = "{0}x{1}x{2} scaled to {3}x{4}")
  @CsvSource({
    "1, 1, 3, 9, 5",
    "7, 3, 3, 2, 40",
    "8, 300, 1, 8, 31",
    "131, 17, 3, 17, 17", // more rows than are turned at once, and not a multiple of eight
    "300, 9, 1, 40, 9",
    "20, 20, 3, 20, 20",
    "2, 70000, 3, 5, 30", // more pixels than are kept for the next picture
  })
  void ofAnyShape(int height, int width, int channels, int toHeight, int toWidth) {
    byte[] samples = new byte[height * width * channels];
    new Random(height + width).nextBytes(samples);
    var picture = new Picture(height, width, channels, samples);
    var kept = new Box(toHeight / 4, toWidth / 3, toHeight - toHeight / 2, toWidth / 2);
    for (Interpolation how : Interpolation.values()) {
      assertThat(Resampler.scale(picture, toHeight, toWidth, kept, how))
          .as("%s", how)
          .isEqualTo(scaled(picture, toHeight, toWidth, how).cut(kept));
    }
  }

  private static Picture scaled(Picture picture, int height, int width, Interpolation how) {
    var across = Taps.of(picture.width(), width, 0, width, how);
    var down = Taps.of(picture.height(), height, 0, height, how);
    int channels = picture.channels();
    int row = picture.width() * channels;
    byte[] narrow = new byte[picture.height() * width * channels];
    for (int i = 0; i < narrow.length; i++) {
      int y = i / (width * channels);
      int x = i / channels % width;
      int first = y * row + across.first(x) * channels + i % channels;
      narrow[i] = sum(picture.samples(), first, channels, across, x);
    }
    byte[] result = new byte[height * width * channels];
    for (int i = 0; i < result.length; i++) {
      int y = i / (width * channels);
      int first = down.first(y) * width * channels + i % (width * channels);
      result[i] = sum(narrow, first, width * channels, down, y);
    }
    return new Picture(height, width, channels, result);
  }

  private static byte sum(byte[] samples, int first, int step, Taps taps, int sample) {
    long sum = 1 << (Taps.FRACTION_BITS - 1);
    for (int k = 0; k < taps.length(sample); k++) {
      sum += (long) (samples[first + k * step] & 0xff) * taps.weight(sample, k);
    }
    return (byte) Math.max(0, Math.min(255, sum >> Taps.FRACTION_BITS));
  }
}
