package training.fusion.operator.sweep.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import training.fusion.api.Architecture;
import training.fusion.api.Optimization;
import training.fusion.api.resource.sweep.FusionSweepStatus.Figures;
import training.fusion.operator.sweep.trial.Cell;
import training.fusion.operator.sweep.trial.TrialRow;

/**
 * A sweep's trials by what they are but for the seed. An excluded trial is in no group; a failed
 * one is in its group's trials and in none of its figures.
 *
 * @param groups in the order of the rows, which is the matrix'
 */
public record Groups(List<Group> groups) {

  /** What the trials of a group have in common. */
  private record Common(
      String arm, @Nullable Architecture architecture, String dataset, Optimization optimization) {
    static Common of(Cell cell) {
      return new Common(cell.arm(), cell.architecture(), cell.dataset(), cell.optimization());
    }
  }

  /**
   * Sorts rows into groups.
   *
   * @param rows every trial of the sweep, those that have not run yet as well
   */
  public static Groups of(List<TrialRow> rows) {
    Map<Common, List<TrialRow>> trials = new LinkedHashMap<>();
    for (TrialRow row : rows) {
      if (row.state() != TrialRow.State.EXCLUDED) {
        trials.computeIfAbsent(Common.of(row.cell()), cell -> new ArrayList<>()).add(row);
      }
    }
    List<Cell> cells = trials.values().stream().map(list -> list.get(0).cell()).toList();
    Map<Cell, String> labels = StrategyLabels.of(cells);
    List<Group> groups = new ArrayList<>();
    for (List<TrialRow> list : trials.values()) {
      String label = labels.getOrDefault(list.get(0).cell(), "");
      groups.add(new Group(groups.size() + 1, label, List.copyOf(list)));
    }
    return new Groups(List.copyOf(groups));
  }

  /** The group with the highest mean accuracy on validation; test figures choose nothing. */
  public Optional<Group> best() {
    return best(groups);
  }

  /** The same, among some. The first of equals; empty while none has a figure. */
  static Optional<Group> best(List<Group> groups) {
    return groups.stream()
        .filter(group -> group.validation() != null)
        .min(Comparator.comparingDouble(group -> -validationAccuracy(group)));
  }

  /**
   * The one that stands for some that differ in learning rates and the like: the best on
   * validation. Empty while there are several and none has a figure.
   */
  static Optional<Group> representative(List<Group> alike) {
    return alike.size() == 1 ? Optional.of(alike.get(0)) : best(alike);
  }

  /** Mean accuracy on validation, below all others if there is none. */
  static double validationAccuracy(Group group) {
    Figures figures = group.validation();
    return figures == null || figures.accuracy() == null
        ? Double.NEGATIVE_INFINITY
        : figures.accuracy().mean();
  }
}
