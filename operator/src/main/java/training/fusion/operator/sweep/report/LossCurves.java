package training.fusion.operator.sweep.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import training.fusion.api.run.RunResult.HistoryPoint;
import training.fusion.operator.sweep.trial.TrialRow;

/**
 * Loss over epochs of the groups that are best on validation; each curve is the mean of the group's
 * trials.
 *
 * @param epochs the horizontal axis
 */
public record LossCurves(List<Integer> epochs, List<Curve> curves) {
  private static final int MOST = 20;

  /**
   * A group's.
   *
   * @param values one per epoch, of the images that choose the model; null where there is none
   */
  public record Curve(int group, String name, List<@Nullable Double> values) {}

  static LossCurves of(Groups groups) {
    List<Group> best =
        groups.groups().stream()
            .filter(group -> group.validation() != null)
            .sorted(Comparator.comparingDouble(group -> -Groups.validationAccuracy(group)))
            .limit(MOST)
            .toList();
    List<TreeMap<Integer, List<Double>>> losses = best.stream().map(LossCurves::losses).toList();
    List<Integer> epochs =
        losses.stream().flatMap(map -> map.keySet().stream()).distinct().sorted().toList();
    List<Curve> curves = new ArrayList<>();
    for (int i = 0; i < best.size(); i++) {
      Group group = best.get(i);
      TreeMap<Integer, List<Double>> of = losses.get(i);
      String name =
          "%s, %s: %s".formatted(group.cell().arm(), group.cell().dataset(), group.label());
      curves.add(
          new Curve(
              group.number(), name, epochs.stream().map(epoch -> mean(of.get(epoch))).toList()));
    }
    return new LossCurves(epochs, curves);
  }

  /** By epoch; histories that were thinned differently share some epochs only. */
  private static TreeMap<Integer, List<Double>> losses(Group group) {
    TreeMap<Integer, List<Double>> losses = new TreeMap<>();
    for (TrialRow row : group.succeeded()) {
      for (HistoryPoint point : row.history() == null ? List.<HistoryPoint>of() : row.history()) {
        if (point.loss() != null) {
          losses.computeIfAbsent(point.epoch(), epoch -> new ArrayList<>()).add(point.loss());
        }
      }
    }
    return losses;
  }

  private static @Nullable Double mean(@Nullable List<Double> values) {
    return values == null
        ? null
        : values.stream().mapToDouble(Double::doubleValue).average().orElse(0);
  }

  /** What a person hears who does not see the plot. */
  public String inWords() {
    return "Validation loss of the %d best groups over %d epochs; the table of groups has their figures."
        .formatted(curves.size(), epochs.isEmpty() ? 0 : epochs.get(epochs.size() - 1));
  }
}
