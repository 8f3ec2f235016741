package training.fusion.operator.sweep.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import training.fusion.api.Optimization;
import training.fusion.api.OptimizationSummary;
import training.fusion.api.resource.sweep.FusionSweepStatus.Figures;
import training.fusion.api.resource.sweep.FusionSweepStatus.MeanDeviation;

/**
 * Test accuracy against the boundary: a line for each pair of optimizers, a level for each strategy
 * without a boundary. In percent.
 *
 * @param blocks last blocks of the low level, ascending: the horizontal axis
 */
public record BoundaryPlot(
    String title, List<Integer> blocks, List<Line> lines, List<Level> levels) {

  /**
   * A pair of optimizers.
   *
   * @param points as many as there are blocks
   */
  public record Line(String name, List<Point> points) {}

  /** A strategy that has no boundary. */
  public record Level(String name, Point point) {}

  /**
   * A mark.
   *
   * @param mean absent without a run
   * @param std absent under two runs
   * @param paper the paper's value, absent where it has none
   */
  public record Point(@Nullable Double mean, @Nullable Double std, @Nullable Double paper) {
    private static final Point NONE = new Point(null, null, null);

    static Point of(List<Group> alike) {
      if (alike.isEmpty()) {
        return NONE;
      }
      Figures test = Groups.representative(alike).map(Group::test).orElse(null);
      MeanDeviation accuracy = test == null ? null : test.accuracy();
      PaperRow paper = PaperTable.row(alike.get(0));
      return new Point(
          accuracy == null ? null : 100 * accuracy.mean(),
          accuracy == null || accuracy.std() == null ? null : 100 * accuracy.std(),
          paper == null ? null : paper.accuracy());
    }

    String inWords() {
      String ours = mean == null ? "not run" : String.format(Locale.ROOT, "%.2f", mean);
      return paper == null ? ours : ours + String.format(Locale.ROOT, ", the paper %.2f", paper);
    }
  }

  /** One for each arm and data set that has a fusion optimizer. */
  static List<BoundaryPlot> of(Groups groups) {
    Map<List<String>, List<Group>> places =
        groups.groups().stream()
            .collect(
                Collectors.groupingBy(
                    group -> List.of(group.cell().arm(), group.cell().dataset()),
                    LinkedHashMap::new,
                    Collectors.toList()));
    List<BoundaryPlot> plots = new ArrayList<>();
    places.forEach((place, members) -> of(String.join(", ", place), members).ifPresent(plots::add));
    return plots;
  }

  private static Optional<BoundaryPlot> of(String title, List<Group> groups) {
    Map<String, Map<Integer, List<Group>>> fusions = new LinkedHashMap<>();
    Map<String, List<Group>> others = new LinkedHashMap<>();
    for (Group group : groups) {
      Optimization strategy = group.cell().optimization();
      String family = OptimizationSummary.family(strategy);
      if (strategy.fusion() == null) {
        String level =
            strategy.levels() == null
                ? family + " alone"
                : OptimizationSummary.words(strategy, group.cell().architecture());
        others.computeIfAbsent(level, name -> new ArrayList<>()).add(group);
      } else {
        fusions
            .computeIfAbsent(family, name -> new TreeMap<>())
            .computeIfAbsent(strategy.fusion().lowLevel().lastBlock(), block -> new ArrayList<>())
            .add(group);
      }
    }
    if (fusions.isEmpty()) {
      return Optional.empty();
    }
    List<Integer> blocks =
        fusions.values().stream()
            .flatMap(map -> map.keySet().stream())
            .distinct()
            .sorted()
            .toList();
    List<Line> lines = new ArrayList<>();
    fusions.forEach(
        (name, members) ->
            lines.add(
                new Line(
                    name,
                    blocks.stream()
                        .map(block -> Point.of(members.getOrDefault(block, List.of())))
                        .toList())));
    List<Level> levels = new ArrayList<>();
    others.forEach((name, members) -> levels.add(new Level(name, Point.of(members))));
    return Optional.of(new BoundaryPlot(title, blocks, lines, levels));
  }

  /** What a person hears who does not see the plot. */
  public String inWords() {
    List<String> sentences = new ArrayList<>();
    for (Line line : lines) {
      List<String> points = new ArrayList<>();
      for (int i = 0; i < blocks.size(); i++) {
        points.add("block %d: %s".formatted(blocks.get(i), line.points().get(i).inWords()));
      }
      sentences.add(line.name() + ", " + String.join("; ", points));
    }
    levels.forEach(level -> sentences.add(level.name() + ", " + level.point().inWords()));
    return "Test accuracy in percent, %s. %s.".formatted(title, String.join(". ", sentences));
  }
}
