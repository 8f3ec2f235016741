package training.fusion.operator.sweep.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import training.fusion.api.OptimizerType;
import training.fusion.operator.sweep.trial.Cell;

class SweepReportTest {

  @Test
  void beforeAnythingRanThePapersRowsAreThereWithDashes() {
    String markdown = SweepReport.of("sample", SampleSweep.ofTable2(3).rows()).markdown();

    assertThat(markdown)
        .contains("42 trials: 42 pending.")
        .contains(
            "| EfficientNetV2 | CIFAR-10 | SGD | all |  | – | – | 91.03 | – | – | 0.2665 | – | – |"
                + " 90.83 | – |")
        .contains(
            "| EfficientNetV2 | CIFAR-10 | Adam | 5 | SGD | – | – | 93.85 | – | – | 0.2399 | – | – |"
                + " 93.44 | – |")
        .doesNotContain("proposed");
    assertThat(markdown.lines().filter(line -> line.startsWith("| EfficientNetV2 |")).toList())
        .hasSize(15); // Table 2's 14 rows, and Table 3's row of Adam
  }

  @Test
  void aGroupThatRanStandsBesideThePaperWithTheDifference() {
    var adam = SampleSweep.fusion(OptimizerType.ADAM, 5, OptimizerType.SGD, 1e-3);
    var sweep =
        SampleSweep.ofTable2(2).measured(adam, new double[] {0.9, 0.9}, new double[] {0.93, 0.95});

    assertThat(SweepReport.of("sample", sweep.rows()).markdown())
        .contains(
            "| EfficientNetV2 | CIFAR-10 | Adam | 5 | SGD | 2 | 94.00 ± 1.41 | 93.85 | +0.15 |"
                + " 0.5000 ± 0.0000 | 0.2399 | +0.2601 | 70.00 ± 0.00 | 93.44 | −23.44 |")
        .contains(
            "| efficientnet | cifar10 | Adam blocks 0–5 → SGD blocks 6–7 and head | 73.8 % | 2 of 2 |");
  }

  @Test
  void excludedTrialsCountNowhereAndFailedOnesAreListed() {
    var sweep =
        SampleSweep.ofTable2(2)
            .run(cell -> true)
            .exclude(SweepReportTest::sgdAlone)
            .fail(cell -> !sgdAlone(cell) && cell.seed() == 2, "loss is NaN | step 3\n<b>");
    SweepReport report = SweepReport.of("sample", sweep.rows());

    assertThat(report.groups().groups())
        .hasSize(13)
        .allMatch(group -> group.succeeded().size() == 1);
    assertThat(report.markdown())
        .contains("28 trials: 13 succeeded, 13 failed, 2 excluded.")
        .contains("loss is NaN \\| step 3 \\<b> |");
    assertThat(report.csv().lines().toList()).hasSize(1 + 28 + 13); // a failure has a line break
    assertThat(report.csv()).contains("Excluded,9,0.");
  }

  private static boolean sgdAlone(Cell cell) {
    return cell.optimization().single() != null
        && cell.optimization().single().optimizer().type() == OptimizerType.SGD;
  }
}
