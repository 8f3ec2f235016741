package training.fusion.operator.sweep.search;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * Searches on landscapes made at random. As a campaign, whose table is in docs/evidence/search.md:
 * {@code -Dtest=SearchSimulationTest -Dcampaign.landscapes=50 -Dcampaign.groups=400}.
 */
@DisplayName("On landscapes made at random, successive halving")
class SearchSimulationTest {
  private static final int LANDSCAPES = Integer.getInteger("campaign.landscapes", 3);
  private static final int GROUPS = Integer.getInteger("campaign.groups", 28);
  private static final int SEEDS = 5;
  private static final int EPOCHS = 27;
  private static final int FACTOR = 3;
  private static final int FIRST_RUNG = Integer.getInteger("campaign.first.rung", 1);
  private static final int GPUS = 40;
  private static final int ORDERS = 5;
  private static final int KILLS = 20;

  private static final Rungs RUNGS = Rungs.of(FIRST_RUNG, FACTOR, EPOCHS);
  private static final List<Integer> ALL_SEEDS = Collections.nCopies(RUNGS.count(), SEEDS);
  private static final List<Integer> QUOTAS =
      Quotas.of(List.of(new Quotas.Field(GROUPS, RUNGS, ALL_SEEDS)), FACTOR, null).get(0);

  /** One way to search, over all landscapes. */
  private record Figures(
      String name,
      List<Double> regrets,
      List<Double> epochs,
      List<Double> makespans,
      List<Double> busy) {
    Figures(String name) {
      this(name, new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    }

    void add(Landscape landscape, int winner, long trained) {
      double worth = winner < 0 ? 0 : landscape.worth(winner);
      regrets.add(100 * (landscape.bestWorth() - worth));
      epochs.add(100.0 * trained / ((long) GROUPS * SEEDS * EPOCHS));
    }

    void add(Landscape landscape, SimulatedSearch search) {
      add(landscape, search.winner(), search.epochs());
      makespans.add(search.makespan());
      busy.add(100 * search.utilization());
    }

    String line(Figures grid) {
      return String.format(
          Locale.ROOT,
          "| %s | %.2f | %.2f | %.1f | %s | %s |",
          name,
          mean(regrets),
          Collections.max(regrets),
          mean(epochs),
          makespans.isEmpty()
              ? "–"
              : String.format(Locale.ROOT, "%.1f", 100 * mean(makespans) / mean(grid.makespans)),
          busy.isEmpty() ? "–" : String.format(Locale.ROOT, "%.0f", mean(busy)));
    }

    static double mean(List<Double> values) {
      return values.stream().flatMapToDouble(DoubleStream::of).average().orElseThrow();
    }
  }

  @Test
  @DisplayName(
      "trains the same whatever comes first and however often all is forgotten, and finds what a"
          + " grid finds, or nearly, for a part of its epochs")
  void againstOthers() {
    Figures grid = new Figures("the whole matrix");
    Figures random = new Figures("random groups to the end, for the same epochs");
    Figures plain = new Figures("plain halving: a rung waits for all of the one before");
    Figures asynchronous = new Figures("asynchronous halving: the best third of what is known");
    Figures ours = new Figures("ours: what is certain goes on");
    int otherwise = 0;
    for (int number = 0; number < LANDSCAPES; number++) {
      Landscape landscape = Landscape.random(number, GROUPS, SEEDS, EPOCHS);
      SimulatedSearch first = search(landscape, SearchSimulationTest::certain, 0).run(0);
      ours.add(landscape, first);
      for (int order = 1; order <= ORDERS; order++) {
        SimulatedSearch again =
            search(landscape, SearchSimulationTest::certain, order).run(number < 5 ? KILLS : 0);
        assertThat(again.reached()).as("landscape %d", number).isEqualTo(first.reached());
        assertThat(again.winner()).isEqualTo(first.winner());
      }
      SimulatedSearch waits = search(landscape, SearchSimulationTest::wholeRungs, 0).run(0);
      assertThat(waits.reached()).isEqualTo(first.reached());
      plain.add(landscape, waits);
      SimulatedSearch other = search(landscape, SearchSimulationTest::bestOfKnown, 0).run(0);
      asynchronous.add(landscape, other);
      SimulatedSearch reordered = search(landscape, SearchSimulationTest::bestOfKnown, 1).run(0);
      otherwise += reordered.winner() == other.winner() ? 0 : 1;
      grid.add(
          landscape,
          search(landscape, seen -> Collections.nCopies(GROUPS, RUNGS.count() - 1), 0).run(0));
      List<Integer> drawn = drawn(first.epochs(), new Random(number));
      random.add(landscape, best(landscape, drawn), (long) drawn.size() * SEEDS * EPOCHS);
    }
    assertThat(Figures.mean(ours.epochs())).isLessThan(35);
    assertThat(Figures.mean(ours.regrets())).isLessThan(Figures.mean(random.regrets()));
    assertThat(Figures.mean(ours.makespans())).isLessThanOrEqualTo(Figures.mean(plain.makespans()));
    print(List.of(grid, random, plain, asynchronous, ours), otherwise);
  }

  private static void print(List<Figures> all, int otherwise) {
    System.out.printf(
        "%d landscapes of %d groups, %d seeds, %d epochs; rungs %s; %d GPUs%n",
        LANDSCAPES, GROUPS, SEEDS, EPOCHS, RUNGS.epochs(), GPUS);
    System.out.println(
        "| | mean regret (points) | largest | epochs, % of the matrix' | time, % of the matrix' |"
            + " GPUs busy, % |");
    System.out.println("| --- | --: | --: | --: | --: | --: |");
    all.forEach(figures -> System.out.println(figures.line(all.get(0))));
    System.out.printf(
        "asynchronous halving chose otherwise in another order on %d of %d%n",
        otherwise, LANDSCAPES);
  }

  private static SimulatedSearch search(
      Landscape landscape, SimulatedSearch.Rule rule, long order) {
    return new SimulatedSearch(landscape, RUNGS, rule, GPUS, order);
  }

  private static List<Integer> certain(List<List<TrialScores>> seen) {
    return Halving.of(seen, RUNGS, ALL_SEEDS, QUOTAS).standings().stream()
        .map(Halving.Standing::rung)
        .toList();
  }

  private static List<Integer> wholeRungs(List<List<TrialScores>> seen) {
    int stage = Halving.of(seen, RUNGS, ALL_SEEDS, QUOTAS).stage();
    return certain(seen).stream().map(rung -> Math.min(rung, stage)).toList();
  }

  /** Of those that are known at a rung the best third goes on, whoever is still to come. */
  private static List<Integer> bestOfKnown(List<List<TrialScores>> seen) {
    List<Integer> rungs = new ArrayList<>(Collections.nCopies(seen.size(), 0));
    for (int rung = 0; rung < RUNGS.count() - 1; rung++) {
      int epoch = RUNGS.epoch(rung);
      List<Integer> known = new ArrayList<>();
      for (int group = 0; group < seen.size(); group++) {
        if (mean(seen.get(group), epoch).isPresent()) {
          known.add(group);
        }
      }
      known.sort(
          Comparator.comparingDouble(
              (Integer group) -> -mean(seen.get(group), epoch).orElseThrow()));
      for (int group : known.subList(0, known.size() / FACTOR)) {
        if (mean(seen.get(group), epoch).orElseThrow() > Double.NEGATIVE_INFINITY) {
          rungs.set(group, rung + 1);
        }
      }
    }
    return rungs;
  }

  private static OptionalDouble mean(List<TrialScores> trials, int epoch) {
    return trials.stream().allMatch(it -> it.at(epoch).isPresent())
        ? trials.stream().mapToDouble(it -> it.at(epoch).orElseThrow()).average()
        : OptionalDouble.empty();
  }

  private static List<Integer> drawn(long epochs, Random random) {
    List<Integer> groups = new ArrayList<>();
    for (int group = 0; group < GROUPS; group++) {
      groups.add(group);
    }
    Collections.shuffle(groups, random);
    return groups.subList(0, (int) Math.min(GROUPS, epochs / (SEEDS * EPOCHS)));
  }

  private static int best(Landscape landscape, List<Integer> groups) {
    int best = -1;
    double most = Double.NEGATIVE_INFINITY;
    for (int group : groups) {
      double sum = 0;
      for (int seed = 0; seed < SEEDS; seed++) {
        sum += landscape.accuracy(group, seed, EPOCHS);
      }
      if (sum > most) { // never of NaN
        most = sum;
        best = group;
      }
    }
    return best;
  }
}
