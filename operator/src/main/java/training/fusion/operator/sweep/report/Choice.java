package training.fusion.operator.sweep.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import training.fusion.api.run.Metrics;
import training.fusion.operator.sweep.trial.TrialRow;

/**
 * The best of some groups by mean accuracy on validation over given seeds.
 *
 * @param group absent while nothing can be chosen
 * @param reason why nothing can be chosen; empty if something is
 */
record Choice(@Nullable Group group, String reason) {

  /** A group and its trials with the seeds. */
  private record Candidate(Group group, List<TrialRow> trials) {
    boolean succeeded(int seeds) {
      return trials.size() == seeds
          && trials.stream().allMatch(row -> row.state() == TrialRow.State.SUCCEEDED);
    }

    List<Metrics> validation() {
      return trials.stream().map(Group::validation).filter(Objects::nonNull).toList();
    }

    /** To twelve digits: equal means that were added up otherwise are equal. */
    double accuracy() {
      double mean = validation().stream().mapToDouble(Metrics::accuracy).average().orElse(0);
      return Math.rint(1e12 * mean) / 1e12;
    }
  }

  /** A strategy that failed with one of the seeds cannot be chosen. */
  static Choice of(List<Group> groups, List<Integer> seeds) {
    List<Candidate> candidates = new ArrayList<>();
    for (Group group : groups) {
      candidates.add(new Candidate(group, Pairs.withSeeds(group, seeds)));
    }
    long open = candidates.stream().flatMap(c -> c.trials().stream()).filter(Pairs::open).count();
    if (open > 0) {
      return new Choice(null, "%d trials of the choosing seeds are still to end".formatted(open));
    }
    candidates.removeIf(candidate -> !candidate.succeeded(seeds.size()));
    if (candidates.isEmpty()) {
      return new Choice(null, "no strategy succeeded with every choosing seed");
    }
    candidates.removeIf(candidate -> candidate.validation().size() < seeds.size());
    return candidates.stream()
        .min(Comparator.comparingDouble(candidate -> -candidate.accuracy()))
        .map(candidate -> new Choice(candidate.group(), ""))
        .orElse(
            new Choice(
                null,
                "without validation images (dataset.split.validation) nothing can be chosen but by"
                    + " test, which is only reported"));
  }
}
