package training.fusion.operator.sweep.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import training.fusion.api.OptimizationSummary;
import training.fusion.operator.sweep.search.Course;
import training.fusion.operator.sweep.trial.TrialRow;

/**
 * Is any fusion optimizer better than the best single one? For each arm and data set, and each pair
 * of optimizers, the boundary is chosen on validation, as is the best single optimizer, with the
 * seeds that choose; then the two are compared on test with the other seeds, pair by pair. SWATS
 * and MAS are compared in the same way.
 *
 * @param comparisons in the order of the matrix
 */
public record Statistics(List<Comparison> comparisons) {

  private record Place(String arm, String dataset) {}

  /**
   * Compares.
   *
   * @param courses of a search: the seeds that decided who was trained to the end compare nothing
   */
  static Statistics of(Groups groups, Map<String, Course> courses) {
    Map<Place, List<Group>> places =
        groups.groups().stream()
            .collect(
                Collectors.groupingBy(
                    group -> new Place(group.cell().arm(), group.cell().dataset()),
                    LinkedHashMap::new,
                    Collectors.toList()));
    List<Comparison> comparisons = new ArrayList<>();
    places.forEach((place, members) -> comparisons.addAll(compare(place, members, courses)));
    return new Statistics(corrected(comparisons));
  }

  private static List<Comparison> compare(
      Place place, List<Group> groups, Map<String, Course> courses) {
    List<TrialRow> trials = groups.stream().flatMap(group -> group.trials().stream()).toList();
    int searched =
        trials.stream()
            .map(row -> courses.get(row.trial()))
            .filter(Objects::nonNull)
            .mapToInt(Course::choosing)
            .max()
            .orElse(0);
    SeedSplit seeds =
        SeedSplit.of(trials.stream().map(row -> row.cell().seed()).toList(), searched);
    List<Group> singles = new ArrayList<>();
    Map<String, List<Group>> families = new LinkedHashMap<>();
    for (Group group : groups) {
      if (group.cell().optimization().single() != null) {
        singles.add(group);
      } else {
        String family = OptimizationSummary.family(group.cell().optimization());
        families.computeIfAbsent(family, name -> new ArrayList<>()).add(group);
      }
    }
    List<Comparison> comparisons = new ArrayList<>();
    families.forEach(
        (family, members) ->
            comparisons.add(
                new Comparison(
                    place.arm(), place.dataset(), family, outcome(members, singles, seeds))));
    return comparisons;
  }

  private static Comparison.Outcome outcome(
      List<Group> family, List<Group> singles, SeedSplit seeds) {
    if (singles.isEmpty()) {
      return new Comparison.Open("the sweep has no single optimizer to compare with");
    }
    Choice chosen = Choice.of(family, seeds.choosing());
    Choice single = Choice.of(singles, seeds.choosing());
    if (chosen.group() == null) {
      return new Comparison.Open(chosen.reason());
    }
    if (single.group() == null) {
      return new Comparison.Open("single optimizers: " + single.reason());
    }
    long open =
        List.of(chosen.group(), single.group()).stream()
            .flatMap(group -> Pairs.withSeeds(group, seeds.comparing()).stream())
            .filter(Pairs::open)
            .count();
    if (open > 0) {
      return new Comparison.Open(
          "%d trials of the comparing seeds are still to end".formatted(open));
    }
    double[] differences = Pairs.differences(chosen.group(), single.group(), seeds.comparing());
    if (differences.length == 0) {
      return new Comparison.Open(
          "too few seeds to decide: no seed is left that both succeeded with and that did not choose");
    }
    PairedDifference difference = PairedDifference.of(differences);
    return new Comparison.Compared(
        chosen.group(),
        single.group(),
        difference,
        difference.p(),
        Comparison.Verdict.of(difference, difference.p(), 1));
  }

  private static List<Comparison> corrected(List<Comparison> comparisons) {
    double[] p =
        comparisons.stream()
            .map(Comparison::outcome)
            .filter(Comparison.Compared.class::isInstance)
            .mapToDouble(outcome -> ((Comparison.Compared) outcome).difference().p())
            .toArray();
    double[] adjusted = Holm.adjust(p);
    List<Comparison> corrected = new ArrayList<>();
    int next = 0;
    for (Comparison comparison : comparisons) {
      if (comparison.outcome() instanceof Comparison.Compared compared) {
        double value = adjusted[next++];
        corrected.add(comparison.with(compared.corrected(value, p.length)));
      } else {
        corrected.add(comparison);
      }
    }
    return List.copyOf(corrected);
  }
}
