package training.fusion.operator.sweep.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import training.fusion.api.run.Metrics;
import training.fusion.operator.sweep.trial.TrialRow;

/** Trials of two groups by their seeds. */
final class Pairs {
  private Pairs() {}

  /** A group's trials with some seeds. */
  static List<TrialRow> withSeeds(Group group, List<Integer> seeds) {
    return group.trials().stream().filter(row -> seeds.contains(row.cell().seed())).toList();
  }

  /** Whether the trial has not ended. */
  static boolean open(TrialRow row) {
    return row.state() == TrialRow.State.PENDING || row.state() == TrialRow.State.RUNNING;
  }

  /** Test accuracy of one minus the other's, for each seed that both have succeeded with. */
  static double[] differences(Group one, Group other, List<Integer> seeds) {
    List<Double> differences = new ArrayList<>();
    for (int seed : seeds) {
      Optional<Double> first = testAccuracy(one, seed);
      Optional<Double> second = testAccuracy(other, seed);
      if (first.isPresent() && second.isPresent()) {
        differences.add(first.get() - second.get());
      }
    }
    return differences.stream().mapToDouble(Double::doubleValue).toArray();
  }

  private static Optional<Double> testAccuracy(Group group, int seed) {
    return group.succeeded().stream()
        .filter(row -> row.cell().seed() == seed)
        .findFirst()
        .map(TrialRow::test)
        .map(Metrics::accuracy);
  }
}
