package training.fusion.trainer.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import training.fusion.api.run.Metrics;
import training.fusion.trainer.checkpoint.HistoryRow;

class HistoryTableTest {
  @Test
  void aRowPerEpochWithExactFiguresAndTimingLast() {
    var metrics = new Metrics(Metrics.Split.TEST, 1, 0.75, 1 / 3.0, 0.5, 0.25);
    var row =
        new HistoryRow(1, 125, 0.1, 0.9, List.of(1e-3, 2e-2), metrics, null, 42.0625, 95.1, 0.002);

    assertThat(HistoryTable.toCsv(List.of("low", "high"), Metrics.Split.TEST, List.of(row)).lines())
        .containsExactly(
            "epoch,step,train_loss,train_accuracy,learning_rate_low,learning_rate_high,"
                + "test_loss,test_accuracy,test_f1,test_weighted_f1,"
                + "seconds,images_per_second,input_wait",
            "1,125,0.1,0.9,0.001,0.02,0.3333333333333333,0.75,0.5,0.25,42.063,95.100,0.002");
  }

  @Test
  void averagedWeightsHaveColumnsOfTheirOwnAndEpochsBeforeThemNoFigures() {
    var metrics = new Metrics(Metrics.Split.VALIDATION, 1, 0.75, 0.5, 0.5, 0.25);
    var ema = new Metrics(Metrics.Split.VALIDATION, 2, 0.875, 0.375, 0.625, 0.5);
    var before = new HistoryRow(1, 5, 0.1, 0.9, List.of(), metrics, null, 1, 1, 0);
    var row = new HistoryRow(2, 10, 0.1, 0.9, List.of(), metrics, ema, 1, 1, 0);

    assertThat(
            HistoryTable.toCsv(List.of(), Metrics.Split.VALIDATION, List.of(before, row)).lines())
        .containsExactly(
            "epoch,step,train_loss,train_accuracy,"
                + "validation_loss,validation_accuracy,validation_f1,validation_weighted_f1,"
                + "ema_validation_loss,ema_validation_accuracy,ema_validation_f1,ema_validation_weighted_f1,"
                + "seconds,images_per_second,input_wait",
            "1,5,0.1,0.9,0.5,0.75,0.5,0.25,,,,,1.000,1.000,0.000",
            "2,10,0.1,0.9,0.5,0.75,0.5,0.25,0.375,0.875,0.625,0.5,1.000,1.000,0.000");
  }

  @Test
  void theTopFiveHaveAColumnIfThereIsOneAndEpochsBeforeItNoFigure() {
    var metrics = new Metrics(Metrics.Split.TEST, 1, 0.75, 0.5, 0.5, 0.25);
    var more = new Metrics(Metrics.Split.TEST, 2, 0.75, 0.5, 0.5, 0.25, 0.875);
    var before = new HistoryRow(1, 5, 0.1, 0.9, List.of(), metrics, null, 1, 1, 0);
    var row = new HistoryRow(2, 10, 0.1, 0.9, List.of(), more, null, 1, 1, 0);

    assertThat(HistoryTable.toCsv(List.of(), Metrics.Split.TEST, List.of(before, row)).lines())
        .containsExactly(
            "epoch,step,train_loss,train_accuracy,"
                + "test_loss,test_accuracy,test_f1,test_weighted_f1,test_top5_accuracy,"
                + "seconds,images_per_second,input_wait",
            "1,5,0.1,0.9,0.5,0.75,0.5,0.25,,1.000,1.000,0.000",
            "2,10,0.1,0.9,0.5,0.75,0.5,0.25,0.875,1.000,1.000,0.000");
  }
}
