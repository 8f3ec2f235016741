package training.fusion.operator.sweep.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Random;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import training.fusion.api.resource.sweep.FusionSweepStatus.Figures;
import training.fusion.api.run.Metrics;

@NullUnmarked // an assertion that fails is the answer to what is absent
class StatusFiguresTest {
  @Test
  @DisplayName("a mean fits a column of kubectl get, and is the report's to six digits")
  void rounded() {
    Figures means = Means.of(List.of(evaluation(0.771), evaluation(0.772), evaluation(0.773)));
    assertThat(means.accuracy().mean()).hasToString("0.7719999999999999");

    assertThat(StatusFigures.rounded(means).accuracy().mean()).hasToString("0.772");

    Random random = new Random(1);
    for (int i = 0; i < 1000; i++) {
      double accuracy = random.nextDouble();
      Double rounded = StatusFigures.rounded(accuracy);
      assertThat(rounded.toString()).hasSizeLessThanOrEqualTo(11); // 1.23456E-4
      assertThat(rounded).isCloseTo(accuracy, within(1e-6));
    }
  }

  private static Metrics evaluation(double accuracy) {
    return new Metrics(Metrics.Split.TEST, 3, accuracy, 0.5, 0.7, null);
  }
}
