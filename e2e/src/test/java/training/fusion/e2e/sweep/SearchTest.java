package training.fusion.e2e.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import training.fusion.api.Optimization;
import training.fusion.api.resource.FusionTraining;
import training.fusion.api.resource.FusionTrainingStatus;
import training.fusion.api.resource.sweep.FusionSweepStatus;
import training.fusion.api.resource.sweep.FusionSweepStatus.State;
import training.fusion.e2e.cluster.ControlPlane;
import training.fusion.e2e.cluster.OnControlPlane;
import training.fusion.e2e.operator.OperatorFixture;
import training.fusion.e2e.operator.SimulatedFigures;

/**
 * Eight groups of two seeds, halved after each of three epochs. What a simulated trial shows is
 * known by its name, and so is who has to get to the end. As a campaign: {@code -Dtest=SearchTest
 * -Dcampaign.kills=20}.
 */
@NullUnmarked // an assertion that fails is the answer to what is absent
@OnControlPlane
@DisplayName("A sweep that searches")
class SearchTest extends OperatorFixture {
  private static final int KILLS = Integer.getInteger("campaign.kills", 2);
  private static final int TRIALS = 2 * Sweeps.CELLS;
  private static final int PARALLELISM = 5;

  private final Random random = new Random(Long.getLong("campaign.seed", 1));
  private final Sweeps sweeps;

  SearchTest(ControlPlane controlPlane) {
    super(controlPlane, "search");
    sweeps = new Sweeps(controlPlane, trainings.namespace);
  }

  @Test
  @DisplayName(
      "trains to the end whom the results say, each trial in as many Jobs as it got to rungs, however often the operator is killed")
  void killed() throws IOException {
    sweeps.createSearching(
        "halved", PARALLELISM, 2, "400ms", "successiveHalving: {reductionFactor: 2}");
    for (int kill = 1; kill <= KILLS; kill++) {
      LockSupport.parkNanos(Duration.ofMillis(500 + random.nextLong(2000)).toNanos());
      operator.kill();
      operator.startAgain();
    }
    FusionSweepStatus status =
        sweeps.status(
            "halved", seen -> seen.state() == State.SUCCEEDED || seen.state() == State.FAILED);

    assertThat(status.state()).as(status.toString()).isEqualTo(State.SUCCEEDED);
    Map<String, FusionTraining> trials = sweeps.trials("halved");
    assertThat(trials).hasSize(TRIALS);
    List<Set<String>> rungs = rungs(trials);
    assertThat(in(trials, FusionTrainingStatus.State.SUCCEEDED)).isEqualTo(rungs.get(2));
    Map<String, List<String>> jobs = trainings.everMade("jobs");
    trials.forEach(
        (name, trial) -> {
          long reached = rungs.stream().filter(rung -> rung.contains(name)).count();
          assertThat(jobs.get(name)).as("Jobs of " + name).hasSize((int) reached);
          assertThat(trial.getStatus().restarts()).isZero();
        });
    assertThat(status.trials().succeeded()).isEqualTo(4);
    assertThat(status.trials().paused()).isEqualTo(TRIALS - 4);
    assertThat(status.search().rung()).isEqualTo("3 of 3");
    assertThat(status.search().groupsLeft()).isEqualTo(2);
    assertThat(status.search().trainedEpochs())
        .isEqualTo(status.search().plannedEpochs())
        .isEqualTo(2 * (8 + 4 + 2));
    assertThat(sweeps.report("halved", "report.md"))
        .contains("## Search", "out at rung 1 of 3", "out at rung 2 of 3", "to the end");
    assertThat(sweeps.report("halved", "report.csv")).contains("Paused");
  }

  /** Who is to get to each rung, by the names alone. */
  private static List<Set<String>> rungs(Map<String, FusionTraining> trials) {
    Map<Optimization, List<String>> groups =
        trials.values().stream()
            .collect(
                Collectors.groupingBy(
                    trial -> trial.getSpec().optimization(),
                    Collectors.mapping(
                        trial -> trial.getMetadata().getName(), Collectors.toList())));
    assertThat(groups).hasSize(Sweeps.CELLS);
    List<Set<String>> rungs = new ArrayList<>();
    List<List<String>> left = new ArrayList<>(groups.values());
    for (int epoch = 1; epoch <= 3; epoch++) {
      rungs.add(left.stream().flatMap(List::stream).collect(Collectors.toCollection(TreeSet::new)));
      int after = epoch;
      left =
          left.stream()
              .sorted(Comparator.comparingDouble(group -> -mean(group, after)))
              .limit(left.size() / 2)
              .toList();
    }
    return rungs;
  }

  private static double mean(List<String> group, int epoch) {
    return group.stream()
        .mapToDouble(trial -> new SimulatedFigures(trial).validation(epoch).accuracy())
        .average()
        .orElseThrow();
  }

  private static Set<String> in(
      Map<String, FusionTraining> trials, FusionTrainingStatus.State state) {
    return trials.entrySet().stream()
        .filter(trial -> trial.getValue().getStatus().state() == state)
        .map(Map.Entry::getKey)
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
