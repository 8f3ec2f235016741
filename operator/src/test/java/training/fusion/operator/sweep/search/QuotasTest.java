package training.fusion.operator.sweep.search;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class QuotasTest {
  private static final Rungs RUNGS = Rungs.of(1, 3, 9);
  private static final Quotas.Field FIELD = new Quotas.Field(28, RUNGS, List.of(3, 3, 3));

  @Test
  void rungsGrowByTheFactorAndEndWithTheTraining() {
    assertThat(RUNGS.epochs()).containsExactly(1, 3, 9);
    assertThat(Rungs.of(2, 3, 10).epochs()).containsExactly(2, 6, 10);
    assertThat(Rungs.of(1, 2, 1_000_000).epochs()).hasSize(21).endsWith(524_288, 1_000_000);
  }

  @Test
  void eachRungHasAThirdOfTheGroupsAndThePriceIsKnownBefore() {
    List<Integer> quotas = Quotas.of(List.of(FIELD), 3, null).get(0);
    assertThat(quotas).containsExactly(28, 9, 3);
    assertThat(Quotas.epochs(FIELD, quotas)).isEqualTo(3 * (28 + 9 * 2 + 3 * 6));
  }

  @Test
  void aSeedThatJoinsLaterPaysForAllOfItsEpochs() {
    var field = new Quotas.Field(9, RUNGS, List.of(1, 2, 3));
    assertThat(Quotas.epochs(field, List.of(9, 3, 1))).isEqualTo(9 + 3 * (2 + 3) + (6 + 6 + 9));
  }

  @Test
  void aBudgetIsSpentRungByRungOverAllFields() {
    List<Quotas.Field> two = List.of(FIELD, FIELD);
    assertThat(Quotas.of(two, 3, 3 * 28 + 3 * 10))
        .containsExactly(List.of(28, 0, 0), List.of(10, 0, 0));
    assertThat(Quotas.of(two, 3, 6 * 28 + 6 * 9))
        .containsExactly(List.of(28, 9, 0), List.of(28, 0, 0));
    assertThat(Quotas.of(two, 3, 10_000)).containsExactly(List.of(28, 9, 3), List.of(28, 9, 3));
  }
}
