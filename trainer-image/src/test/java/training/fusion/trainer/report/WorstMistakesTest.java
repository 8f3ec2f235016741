package training.fusion.trainer.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The worst mistakes")
class WorstMistakesTest {
  @Test
  @DisplayName("are twenty of the highest loss, of equal ones the first images")
  void twenty() {
    var worst = new WorstMistakes();
    for (int image = 0; image < 1000; image++) {
      worst.add(mistake(image, image == 500 ? 9 : image % 10 == 3 ? 5 : 1.0 / (1 + image)));
    }
    assertThat(worst.sorted())
        .extracting(WorstMistakes.Mistake::number)
        .startsWith(500, 3, 13, 23)
        .endsWith(173, 183)
        .hasSize(20);
  }

  @Test
  @DisplayName("want no loss that none of them is below, and none that is not finite")
  void wants() {
    var worst = new WorstMistakes();
    for (int image = 0; image < 20; image++) {
      assertThat(worst.wants(0)).isTrue();
      worst.add(mistake(image, 2));
    }
    assertThat(worst.wants(2)).isFalse();
    assertThat(worst.wants(2.01)).isTrue();
    assertThat(worst.wants(Double.NaN)).isFalse();
    assertThat(worst.wants(Double.POSITIVE_INFINITY)).isFalse();
  }

  private static WorstMistakes.Mistake mistake(int image, double loss) {
    return new WorstMistakes.Mistake(image, 0, 1, loss, 0.9);
  }
}
