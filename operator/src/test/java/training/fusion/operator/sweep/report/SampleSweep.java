package training.fusion.operator.sweep.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import training.fusion.api.Architecture;
import training.fusion.api.Hyperparameter;
import training.fusion.api.Optimization;
import training.fusion.api.Optimizer;
import training.fusion.api.OptimizerType;
import training.fusion.api.run.Metrics;
import training.fusion.api.run.ParameterCounts;
import training.fusion.api.run.RunResult.HistoryPoint;
import training.fusion.operator.sweep.trial.Cell;
import training.fusion.operator.sweep.trial.TrialRow;

/** Rows of a sweep like the paper's: both directions, six boundaries, each optimizer alone. */
final class SampleSweep {
  static final ParameterCounts BLOCKS_0_TO_5 = new ParameterCounts(5_288_000, 14_902_298);

  private final List<TrialRow> rows = new ArrayList<>();

  /** Every cell of EfficientNetV2-S's half of Table 2 on CIFAR-10, none run. */
  static SampleSweep ofTable2(int seeds) {
    var sweep = new SampleSweep();
    sweep.add(seeds, single(OptimizerType.SGD, 1e-2));
    fusions(OptimizerType.SGD, OptimizerType.ADAM).forEach(o -> sweep.add(seeds, o));
    sweep.add(seeds, single(OptimizerType.ADAM, 1e-4));
    fusions(OptimizerType.ADAM, OptimizerType.SGD).forEach(o -> sweep.add(seeds, o));
    return sweep;
  }

  private static List<Optimization> fusions(OptimizerType low, OptimizerType high) {
    List<Optimization> fusions = new ArrayList<>();
    for (int block = 1; block <= 6; block++) {
      fusions.add(fusion(low, block, high, 1e-3));
    }
    return fusions;
  }

  static Optimization single(OptimizerType type, double rate) {
    return Optimization.of(new Optimization.Single(optimizer(type, rate)));
  }

  static Optimization fusion(OptimizerType low, int block, OptimizerType high, double rate) {
    return Optimization.of(
        new Optimization.Fusion(
            new Optimization.LowLevel(block, optimizer(low, rate), null, null),
            new Optimization.HighLevel(optimizer(high, rate), null, null)));
  }

  private static Optimizer optimizer(OptimizerType type, double rate) {
    return Optimizer.of(type, Map.of(Hyperparameter.LEARNING_RATE, rate));
  }

  SampleSweep add(int seeds, Optimization optimization) {
    for (int seed = 1; seed <= seeds; seed++) {
      rows.add(
          pending(
              new Cell(
                  "efficientnet", Architecture.EFFICIENTNET_V2_S, "cifar10", optimization, seed)));
    }
    return this;
  }

  TrialRow pending(Cell cell) {
    return TrialRow.of("sample-%04d".formatted(rows.size()), cell, TrialRow.State.PENDING);
  }

  /** Trains the trials that it is true of; figures are a function of the trial's place. */
  SampleSweep run(Predicate<Cell> which) {
    rows.replaceAll(row -> which.test(row.cell()) ? succeeded(row) : row);
    return this;
  }

  SampleSweep fail(Predicate<Cell> which, String why) {
    rows.replaceAll(
        row ->
            which.test(row.cell()) ? with(row, TrialRow.State.FAILED, null, null, null, why) : row);
    return this;
  }

  SampleSweep exclude(Predicate<Cell> which) {
    rows.replaceAll(
        row ->
            which.test(row.cell())
                ? with(row, TrialRow.State.EXCLUDED, row.best(), row.test(), row.history(), null)
                : row);
    return this;
  }

  /** Gives the trials of a strategy these accuracies on validation and test, seed by seed. */
  SampleSweep measured(Optimization optimization, double[] validation, double[] test) {
    rows.replaceAll(
        row -> {
          int seed = row.cell().seed();
          return row.cell().optimization().equals(optimization)
              ? with(
                  row,
                  TrialRow.State.SUCCEEDED,
                  new Metrics(Metrics.Split.VALIDATION, 3, validation[seed - 1], 0.5, 0.7, null),
                  new Metrics(Metrics.Split.TEST, 3, test[seed - 1], 0.5, 0.7, null),
                  List.of(),
                  null)
              : row;
        });
    return this;
  }

  List<TrialRow> rows() {
    return List.copyOf(rows);
  }

  private static TrialRow succeeded(TrialRow row) {
    var random = new Random(row.trial().hashCode());
    int block =
        row.cell().optimization().fusion() == null
            ? 6
            : row.cell().optimization().fusion().lowLevel().lastBlock();
    double accuracy = 0.88 + 0.01 * block + 0.004 * random.nextGaussian();
    List<HistoryPoint> history = new ArrayList<>();
    for (int epoch = 1; epoch <= 10; epoch++) {
      double loss = 0.3 + 0.04 * block + 1.7 / epoch + 0.02 * random.nextGaussian();
      history.add(
          new HistoryPoint(
              epoch, loss, accuracy - 0.1 / epoch, loss + 0.1, accuracy - 0.1 / epoch));
    }
    return with(
        row,
        TrialRow.State.SUCCEEDED,
        new Metrics(Metrics.Split.VALIDATION, 9, accuracy + 0.003, 0.25, accuracy, null),
        new Metrics(Metrics.Split.TEST, 9, accuracy, 0.27, accuracy - 0.002, null),
        history,
        null);
  }

  private static TrialRow with(
      TrialRow row,
      TrialRow.State state,
      @Nullable Metrics best,
      @Nullable Metrics test,
      @Nullable List<HistoryPoint> history,
      @Nullable String failure) {
    return new TrialRow(
        row.trial(),
        row.cell(),
        state,
        best,
        test,
        history,
        null,
        row.cell().optimization().fusion() == null ? null : BLOCKS_0_TO_5,
        "2026-11-25T04:00:00Z",
        "2026-11-25T04:10:00Z",
        failure);
  }
}
