package training.fusion.trainer.augmentation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("How a batch is mixed")
class MixingTest {
  private static final int DRAWS = 20_000;
  private static final int SIZE = 32;

  @ParameterizedTest(name = "by MixUp has a share from Beta({0}, {0})")
  @ValueSource(doubles = {0.001, 0.2, 1, 1000})
  void shares(double alpha) {
    var mixing = new Mixing(alpha, null);
    double sum = 0;
    double squares = 0;
    for (int seed = 0; seed < DRAWS; seed++) {
      Mixing.Draw draw = mixing.draw(seed, SIZE);
      assertThat(draw.pixels()).isBetween(0.0, 1.0).isEqualTo(draw.labels());
      assertThat(draw.box().height()).isZero();
      sum += draw.pixels();
      squares += draw.pixels() * draw.pixels();
    }
    double mean = sum / DRAWS;
    assertThat(mean).isCloseTo(0.5, within(0.015)); // 4 standard deviations of the widest
    double variance = 1 / (4 * (2 * alpha + 1));
    assertThat(squares / DRAWS - mean * mean).isCloseTo(variance, within(0.05 * variance));
  }

  @Test
  @DisplayName(
      "is drawn once for a batch, from the seed: by MixUp half of the time, else by CutMix")
  void oneOfBoth() {
    var mixing = new Mixing(1.0, 1.0);
    int cut = 0;
    for (int seed = 0; seed < DRAWS; seed++) {
      Mixing.Draw draw = mixing.draw(seed, SIZE);
      assertThat(mixing.draw(seed, SIZE)).isEqualTo(draw);
      double area = draw.box().height() * draw.box().width() / (double) (SIZE * SIZE);
      if (draw.pixels() == 1) {
        cut++;
        assertThat(draw.labels()).isEqualTo(1 - area);
      } else {
        assertThat(area).isZero();
      }
    }
    assertThat(cut).isBetween(DRAWS / 2 - 300, DRAWS / 2 + 300); // 4 standard deviations
  }
}
