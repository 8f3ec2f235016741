package training.fusion.operator.sweep.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import training.fusion.api.Optimization;
import training.fusion.api.OptimizerType;

/** What is chosen by which seeds, and what is said of it. */
class StatisticsTest {
  private static final Optimization SGD = SampleSweep.single(OptimizerType.SGD, 1e-2);
  private static final Optimization ADAM = SampleSweep.single(OptimizerType.ADAM, 1e-4);
  private static final Optimization BLOCK_3 = fusion(3);
  private static final Optimization BLOCK_5 = fusion(5);

  @Test
  void aQuarterOfTheSeedsChoosesAndTheLaterOnesCompare() {
    assertThat(SeedSplit.of(List.of(3, 1, 2), 0))
        .isEqualTo(new SeedSplit(List.of(1), List.of(2, 3)));
    assertThat(SeedSplit.of(List.of(7), 0)).isEqualTo(new SeedSplit(List.of(7), List.of()));
    assertThat(SeedSplit.of(seeds(10), 0).choosing()).containsExactly(1, 2);
    assertThat(SeedSplit.of(seeds(64), 0).comparing()).hasSize(SignFlip.MOST_PAIRS);
  }

  @Test
  void seedsThatHaveChosenInASearchCompareNothing() {
    assertThat(SeedSplit.of(seeds(10), 4).choosing()).containsExactly(1, 2, 3, 4);
    assertThat(SeedSplit.of(seeds(10), 4).comparing()).hasSize(6);
    assertThat(SeedSplit.of(seeds(3), 3).comparing()).isEmpty();
  }

  @Test
  void theBoundaryIsChosenOnValidationThoughAnotherIsBetterOnTest() {
    var sweep =
        sweep(8)
            .measured(SGD, same(0.80), same(0.99))
            .measured(ADAM, same(0.85), same(0.85))
            .measured(BLOCK_3, same(0.90), rising(0.86))
            .measured(BLOCK_5, same(0.89), same(0.99));

    Comparison.Compared compared = compared(sweep);

    assertThat(compared.chosen().cell().optimization()).isEqualTo(BLOCK_3);
    assertThat(compared.single().cell().optimization()).isEqualTo(ADAM);
    assertThat(compared.difference().n()).isEqualTo(6); // two of eight seeds chose
    assertThat(compared.difference().p()).isEqualTo(Math.pow(2, -5));
    assertThat(compared.verdict()).isEqualTo(Comparison.Verdict.BETTER);
  }

  @Test
  void validationOfTheComparingSeedsChoosesNothing() {
    double[] lateBloomer = same(0.99);
    lateBloomer[0] = 0.10;
    lateBloomer[1] = 0.10;
    var sweep =
        sweep(8)
            .measured(SGD, same(0.8), same(0.8))
            .measured(ADAM, same(0.8), same(0.8))
            .measured(BLOCK_3, lateBloomer, same(0.9))
            .measured(BLOCK_5, same(0.5), same(0.9));

    assertThat(compared(sweep).chosen().cell().optimization()).isEqualTo(BLOCK_5);
  }

  @Test
  void underSixPairsNothingIsDecidedHoweverLargeTheDifference() {
    var sweep =
        sweep(6)
            .measured(SGD, same(0.1), same(0.1))
            .measured(ADAM, same(0.1), same(0.1))
            .measured(BLOCK_3, same(0.9), same(0.9))
            .measured(BLOCK_5, same(0.8), same(0.9));

    assertThat(compared(sweep).difference().n()).isEqualTo(5);
    assertThat(compared(sweep).verdict()).hasToString("too few seeds to decide");
  }

  @Test
  void moreComparisonsNeedMoreSeeds() {
    var difference = PairedDifference.of(new double[] {.1, .1, .1, .1, .1, .1});

    assertThat(Comparison.Verdict.of(difference, difference.p(), 1))
        .hasToString("better than the single optimizer");
    assertThat(Comparison.Verdict.of(difference, 2 * difference.p(), 2))
        .hasToString("too few seeds to decide");
    assertThat(
            Comparison.Verdict.of(
                PairedDifference.of(new double[] {.1, -.1, .1, -.1, .1, -.1}), 1, 1))
        .hasToString("no difference shown");
  }

  @Test
  void whileTrialsThatMatterAreToRunNoComparisonIsMade() {
    var sweep = sweep(8).run(cell -> cell.seed() <= 7);

    assertThat(outcome(sweep))
        .isEqualTo(new Comparison.Open("2 trials of the comparing seeds are still to end"));
    assertThat(outcome(sweep(8)))
        .isEqualTo(new Comparison.Open("4 trials of the choosing seeds are still to end"));
  }

  @Test
  void aStrategyThatFailedWithAChoosingSeedIsNotChosen() {
    var sweep =
        sweep(8)
            .measured(SGD, same(0.8), same(0.8))
            .measured(ADAM, same(0.8), same(0.8))
            .measured(BLOCK_3, same(0.9), same(0.9))
            .measured(BLOCK_5, same(0.7), same(0.7))
            .fail(cell -> cell.optimization().equals(BLOCK_3) && cell.seed() == 1, "diverged");

    assertThat(compared(sweep).chosen().cell().optimization()).isEqualTo(BLOCK_5);
  }

  @Test
  void withoutASingleOptimizerThereIsNothingToCompareWith() {
    assertThat(outcome(new SampleSweep().add(8, BLOCK_3).run(cell -> true)))
        .isEqualTo(new Comparison.Open("the sweep has no single optimizer to compare with"));
  }

  private static SampleSweep sweep(int seeds) {
    return new SampleSweep()
        .add(seeds, SGD)
        .add(seeds, ADAM)
        .add(seeds, BLOCK_3)
        .add(seeds, BLOCK_5);
  }

  private static Comparison.Compared compared(SampleSweep sweep) {
    return (Comparison.Compared) outcome(sweep);
  }

  private static Comparison.Outcome outcome(SampleSweep sweep) {
    List<Comparison> comparisons = Statistics.of(Groups.of(sweep.rows()), Map.of()).comparisons();
    assertThat(comparisons).hasSize(1);
    assertThat(comparisons.get(0).family()).isEqualTo("Adam → SGD");
    return comparisons.get(0).outcome();
  }

  private static Optimization fusion(int block) {
    return SampleSweep.fusion(OptimizerType.ADAM, block, OptimizerType.SGD, 1e-3);
  }

  private static double[] same(double value) {
    double[] values = new double[8];
    Arrays.fill(values, value);
    return values;
  }

  private static double[] rising(double from) {
    return IntStream.range(0, 8).mapToDouble(i -> from + i / 1000.0).toArray();
  }

  private static List<Integer> seeds(int count) {
    return IntStream.rangeClosed(1, count).boxed().toList();
  }
}
